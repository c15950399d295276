import { answerThread } from '../../platform/thread.ts'
import { compareFeatures, type FeatureOptions, type LabelledFeatures } from './features.ts'

/** A thread that compares features once. */
answerThread(({ features, options }: { features: LabelledFeatures; options: FeatureOptions }, onProgress) =>
  compareFeatures(features, options, onProgress),
)
