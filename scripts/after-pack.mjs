// electron-builder calls it with the unpacked application: libtensorflow, to which the checkout only has a link, is copied
// in, so that the folder can be taken to another machine.
import { cp, realpath, rm } from 'node:fs/promises'
import { join } from 'node:path'

const libraries = join('node_modules', '@tensorflow', 'tfjs-node-gpu', 'deps', 'lib')

export default async function afterPack({ appOutDir, packager, electronPlatformName }) {
  const isMac = electronPlatformName === 'darwin'
  const name = `${packager.appInfo.productFilename}.app`
  const resources = isMac ? join(appOutDir, name, 'Contents', 'Resources') : join(appOutDir, 'resources')
  const target = join(resources, 'app.asar.unpacked', libraries)
  await rm(target, { recursive: true, force: true })
  const source = await realpath(join(packager.projectDir, libraries))
  const isNeeded = (path) => !path.startsWith(join(source, 'include'))
  await cp(source, target, { recursive: true, verbatimSymlinks: true, filter: isNeeded })
}
