import { Bin } from './bin.ts'
import { Browse } from './browse.ts'
import { ClusterNames } from './clusterNames.ts'
import { Codes } from './codes.ts'
import { Database } from './database.ts'
import { Datasets } from './datasets.ts'
import { backup, checkHealth, type Health } from './health.ts'
import { Images } from './images.ts'
import { Jobs } from './jobs.ts'
import { Models } from './models.ts'
import { Owners } from './owners.ts'
import { Runs } from './runs.ts'
import { declareSeen } from './seen.ts'
import { Views } from './views.ts'

/** Everything Hourglass remembers, in one SQLite file; one object per table. All of it synchronous and short. */
export interface Catalog {
  /** absolute path, or ':memory:' */
  readonly file: string
  readonly images: Images
  readonly browse: Browse
  readonly views: Views
  readonly bin: Bin
  readonly datasets: Datasets
  readonly models: Models
  readonly runs: Runs
  readonly jobs: Jobs
  readonly codes: Codes
  readonly clusterNames: ClusterNames
  /** All of `work` or nothing of it; synchronous, keep it short: other processes wait meanwhile. */
  atomically<Result>(work: () => Result): Result
  /**
   * Jobs and runs that a dead process left running become interrupted. Done on opening; a process that stays
   * up calls it now and then, for those that die beside it.
   */
  interruptAbandoned(): { jobs: number; runs: number }
  /** Names this process in what it keeps beside the catalog, see `Owners`. */
  owner(): string
  /** Names of the processes that live, this one's among them once it was asked for. */
  livingOwners(): string[]
  health(): Health
  /** Copies the catalog while it is in use. */
  backup(file: string): Promise<void>
  /** What this process still runs becomes interrupted. */
  close(): void
}

/**
 * Opens or creates a catalog. Any number of processes may have it open; writers wait for each other.
 *
 * A committed row survives a killed process and a power cut (WAL with synchronous = FULL).
 *
 * Throws AppError: `newer`, `corrupt`, `unreadable` (not writable), `conflict` (held for more than 5 s),
 * `setup` (disk full), `bad-input` (an SQLite file of another program).
 * @param within absolute folders: images and items of jobs elsewhere are neither listed nor found; null: all are
 */
export function openCatalog(file: string, within: readonly string[] | null = null): Catalog {
  const db = Database.open(file)
  try {
    declareSeen(db, within)
    return catalogOn(db)
  } catch (error) {
    db.close()
    throw error
  }
}

function catalogOn(db: Database): Catalog {
  const owners = new Owners(db)
  const runs = new Runs(db, owners)
  const jobs = new Jobs(db, owners)
  const interruptAbandoned = () =>
    db.atomically(() => {
      const alive = owners.alive()
      return { jobs: jobs.interruptAbandoned(alive), runs: runs.interruptAbandoned(alive) }
    })
  interruptAbandoned()
  return {
    file: db.file,
    images: new Images(db),
    browse: new Browse(db),
    views: new Views(db),
    bin: new Bin(db),
    datasets: new Datasets(db),
    models: new Models(db),
    runs,
    jobs,
    codes: new Codes(db),
    clusterNames: new ClusterNames(db),
    atomically: (work) => db.atomically(work),
    interruptAbandoned,
    owner: () => owners.token(),
    livingOwners: () => db.atomically(() => owners.alive()),
    health: () => checkHealth(db),
    backup: (target) => backup(db, target),
    close: () => {
      if (!db.sqlite.open) return
      owners.release()
      interruptAbandoned()
      db.close()
    },
  }
}
