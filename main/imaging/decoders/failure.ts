/** Why a decoder gave up on a file; what it means for the user is said where the file's path is known. */
export type FailureKind = 'damaged' | 'cut-short' | 'unsupported' | 'too-large'

export class DecoderFailure extends Error {
  readonly kind: FailureKind

  constructor(kind: FailureKind, message: string) {
    super(message)
    this.name = 'DecoderFailure'
    this.kind = kind
  }
}
