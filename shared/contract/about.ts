import { nothing } from './common.ts'
import { query, subscription } from './procedure.ts'

export interface AppInfo {
  readonly version: string
  /** what the core runs in */
  readonly host: 'electron' | 'server'
  readonly platform: string
  /** moving to the trash and revealing work here */
  readonly isDesktop: boolean
  readonly folders: { readonly data: string; readonly cache: string }
}

export interface Status {
  readonly device: 'cpu' | 'cuda' | null
  /** of the processor or GPU; null until the engine has started */
  readonly deviceName: string | null
  readonly why: string | null
  readonly threads: number
  /** of all processors of the machine, 0 to 1 */
  readonly load: number
  readonly memoryUsedBytes: number
  readonly memoryTotalBytes: number
}

export interface DoctorReport {
  /** one check a line: `well` false where something should be done, which `advice` says */
  readonly checks: readonly {
    readonly name: string
    readonly value: string
    readonly well: boolean
    readonly advice: string | null
  }[]
  readonly gflopPerSecond: number
  readonly gigabytesPerSecond: number
}

export interface Notice {
  readonly name: string
  readonly version: string
  readonly licence: string
  readonly text: string
}

export const aboutArea = {
  info: query(nothing).gives<AppInfo>(),
  /** every two seconds */
  status: subscription(nothing).gives<Status>(),
  /** measures, which takes some seconds */
  doctor: query(nothing).gives<DoctorReport>(),
  /** of what is shipped with the application */
  notices: query(nothing).gives<Notice[]>(),
}
