/** When to stop, and when to warn. Losses: lower is better. */
export interface StoppingSettings {
  /** Stop after this many validations in a row without a new best; Infinity never stops. */
  readonly patience: number
  /** A new best has to be lower than the old one by more than this. */
  readonly minDelta: number
  /** Warn when validation / training has grown by this factor since the best validation ... */
  readonly gapGrowth: number
  /** ... and the best is at least this many validations ago. */
  readonly gapPatience: number
}

export const defaultStopping: StoppingSettings = {
  patience: Infinity,
  minDelta: 0,
  gapGrowth: 1.1,
  gapPatience: 3,
}

/** What is remembered between validations: plain data, so that a checkpoint can hold it as JSON. */
export interface StoppingState {
  readonly best: {
    readonly step: number
    readonly validationLoss: number
    readonly trainingLoss: number
  } | null
  readonly validationsSinceBest: number
  readonly warned: boolean
}

export const noValidationYet: StoppingState = { best: null, validationsSinceBest: 0, warned: false }

/** True before the first validation, also after a resume. */
export function neverJudged({ best, validationsSinceBest }: StoppingState): boolean {
  return best === null && validationsSinceBest === 0
}

export interface ValidationResult {
  readonly step: number
  readonly validationLoss: number
  /** Mean of the same loss over the training steps since the last validation. */
  readonly trainingLoss: number
}

export interface StoppingVerdict {
  readonly state: StoppingState
  /** This is the best so far: keep the weights. */
  readonly improved: boolean
  readonly stop: boolean
  /** One sentence, once per best, when the validation loss parts from the training loss. */
  readonly warning: string | null
}

/**
 * Takes one validation into account. A loss that is not finite is never a best. The warning tells overfitting from
 * a plateau: on a plateau both losses stay, in overfitting the training loss goes on falling under the validation loss.
 */
export function judgeValidation(
  state: StoppingState,
  result: ValidationResult,
  settings: StoppingSettings = defaultStopping,
): StoppingVerdict {
  const { best } = state
  const { step, validationLoss, trainingLoss } = result
  if (
    Number.isFinite(validationLoss) &&
    (!best || validationLoss < best.validationLoss - settings.minDelta)
  ) {
    const next = { best: { step, validationLoss, trainingLoss }, validationsSinceBest: 0, warned: false }
    return { state: next, improved: true, stop: false, warning: null }
  }
  const validationsSinceBest = state.validationsSinceBest + 1
  const parted =
    best !== null && validationsSinceBest >= settings.gapPatience && gapGrew(best, result, settings.gapGrowth)
  const warning = parted && !state.warned ? overfittingSentence(best, result) : null
  return {
    state: { best, validationsSinceBest, warned: state.warned || parted },
    improved: false,
    stop: validationsSinceBest >= settings.patience,
    warning,
  }
}

function gapGrew(best: ValidationResult, now: ValidationResult, growth: number): boolean {
  // Multiplied out, so that losses of 0 need no exception; a training loss that rose is divergence, not overfitting.
  const wider = now.validationLoss * best.trainingLoss > growth * best.validationLoss * now.trainingLoss
  return wider && now.trainingLoss < best.trainingLoss
}

function overfittingSentence(best: ValidationResult, now: ValidationResult): string {
  const number = (value: number) => value.toPrecision(3)
  return (
    `Overfitting: since step ${best.step} the training loss fell from ${number(best.trainingLoss)} to ` +
    `${number(now.trainingLoss)} while the validation loss went from ${number(best.validationLoss)} to ` +
    `${number(now.validationLoss)}; more photos, augmentation or regularisation would help, or stop here.`
  )
}
