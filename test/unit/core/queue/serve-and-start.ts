import { openApplication } from '../../../../main/core/application.ts'
import { serverHost } from '../../../../main/core/host.ts'
import { newJob } from '../../../../shared/contract/jobs.ts'

// An application as `hourglass serve` opens it, with a job put into its queue where one is named; to be killed.
const [data, photos, job] = process.argv.slice(2)
const app = await openApplication({ data: data!, host: serverHost, libraries: [photos!] })
if (job) await app.queue.start(newJob.parse(JSON.parse(job)))
process.on('SIGTERM', () => void app.close().then(() => process.exit(0)))
setInterval(() => {}, 1000)
