import type { DoctorReport, Notice } from '../../../shared/contract/about.ts'
import { client } from '../../state/client.ts'
import { type Failure, failureOf } from '../../state/failure.ts'

/** What Doctor found: measured once, and again when asked. */
class Checkup {
  #report = $state.raw<DoctorReport | null>(null)
  #notices = $state.raw<readonly Notice[]>([])
  #failure = $state.raw<Failure | null>(null)
  #isMeasuring = $state(false)

  get report(): DoctorReport | null {
    return this.#report
  }

  get notices(): readonly Notice[] {
    return this.#notices
  }

  get failure(): Failure | null {
    return this.#failure
  }

  get isMeasuring(): boolean {
    return this.#isMeasuring
  }

  open(): void {
    if (!this.#report && !this.#isMeasuring) void this.measure()
    if (this.#notices.length > 0) return
    client.about.notices(undefined).then(
      (found) => {
        this.#notices = found
      },
      (error) => {
        this.#failure = failureOf(error)
      },
    )
  }

  async measure(): Promise<void> {
    this.#isMeasuring = true
    this.#failure = null
    try {
      this.#report = await client.about.doctor(undefined)
    } catch (error) {
      this.#failure = failureOf(error)
    }
    this.#isMeasuring = false
  }
}

export const checkup = new Checkup()
