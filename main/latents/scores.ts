/** How often each true label (row) was taken for each label (column). */
export function confusionMatrix(
  truth: ArrayLike<number>,
  predicted: ArrayLike<number>,
  classes: number,
): number[][] {
  const matrix = Array.from({ length: classes }, () => new Array<number>(classes).fill(0))
  for (let i = 0; i < truth.length; i++) matrix[truth[i]!]![predicted[i]!]!++
  return matrix
}

/** Share of equal labels, 0 to 1. */
export function accuracy(truth: ArrayLike<number>, predicted: ArrayLike<number>): number {
  let right = 0
  for (let i = 0; i < truth.length; i++) if (truth[i] === predicted[i]) right++
  return right / truth.length
}

/**
 * Normalised mutual information of two labellings, 0 (none) to 1 (the same but for names), over the mean of their
 * entropies, as scikit-learn's normalized_mutual_info_score.
 */
export function mutualInformation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const n = a.length
  const counts = (labels: ArrayLike<number>) => {
    const found = new Map<number, number>()
    for (let i = 0; i < n; i++) found.set(labels[i]!, (found.get(labels[i]!) ?? 0) + 1)
    return found
  }
  const [ofA, ofB] = [counts(a), counts(b)]
  const both = new Map<string, { x: number; y: number; count: number }>()
  for (let i = 0; i < n; i++) {
    const key = `${a[i]} ${b[i]}`
    const found = both.get(key)
    if (found) found.count++
    else both.set(key, { x: a[i]!, y: b[i]!, count: 1 })
  }
  const entropy = (found: Map<number, number>) =>
    [...found.values()].reduce((sum, count) => sum - (count / n) * Math.log(count / n), 0)
  const mean = (entropy(ofA) + entropy(ofB)) / 2
  if (mean === 0) return 1
  let information = 0
  for (const { x, y, count } of both.values()) {
    information += (count / n) * Math.log((n * count) / (ofA.get(x)! * ofB.get(y)!))
  }
  return Math.max(0, information / mean)
}
