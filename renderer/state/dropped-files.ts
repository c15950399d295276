/** A file with the folder it came in, relative to what was dropped. */
export interface DroppedFile {
  readonly file: File
  readonly folder: string
}

const pictures = /\.(jpe?g|png|webp|avif|tiff?|gif|hgi|heic|heif|dng|cr2|cr3|nef|arw|raf|rw2|orf|pef|srw)$/i

/** Files of a drop or a choice; folders are walked through. Of folders only what is wanted is taken: pictures. */
export async function filesOf(data: DataTransfer | FileList, wanted = pictures): Promise<DroppedFile[]> {
  if (!(data instanceof DataTransfer)) return chosen(data, wanted)
  const entries = [...data.items].map((item) => item.webkitGetAsEntry?.()).filter((entry) => entry != null)
  if (entries.length === 0) return chosen(data.files, wanted)
  const found: DroppedFile[] = []
  for (const entry of entries) await walk(entry, '', true, found, wanted)
  return found
}

function chosen(files: FileList, wanted: RegExp): DroppedFile[] {
  return [...files].flatMap((file) => {
    const folder = file.webkitRelativePath.split('/').slice(0, -1).join('/')
    return folder !== '' && !wanted.test(file.name) ? [] : [{ file, folder }]
  })
}

async function walk(
  entry: FileSystemEntry,
  folder: string,
  isTop: boolean,
  found: DroppedFile[],
  wanted: RegExp,
): Promise<void> {
  if (entry.isFile) {
    if (!isTop && !wanted.test(entry.name)) return
    const file = await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject),
    )
    found.push({ file, folder })
    return
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader()
  const within = folder === '' ? entry.name : `${folder}/${entry.name}`
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    )
    if (some.length === 0) return
    for (const one of some) await walk(one, within, false, found, wanted)
  }
}
