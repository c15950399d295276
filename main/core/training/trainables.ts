import type { Trainable, TrainSetting } from '../../../shared/contract/train.ts'

// Each line says what a person gains or loses by it. Defaults are those of the schemas and of `planRun`.

type Extra = Partial<Pick<TrainSetting, 'choices' | 'min' | 'max' | 'step'>>

function setting(
  group: TrainSetting['group'],
  name: string,
  title: string,
  fallback: unknown,
  explanation: string,
  extra: Extra = {},
): TrainSetting {
  const kind = extra.choices
    ? 'choice'
    : typeof fallback === 'boolean'
      ? 'switch'
      : Array.isArray(fallback)
        ? 'list'
        : 'number'
  return { ...{ group, name, title, explanation, kind, default: fallback }, ...extra }
}

function common(learningRate: number, batch: number, optimizer: string): TrainSetting[] {
  return [
    setting(
      'training',
      'learningRate',
      'Learning rate',
      learningRate,
      'How far each step goes: too high and the loss jumps, too low and it crawls.',
      { min: 0.00001, max: 0.1, step: 0.00001 },
    ),
    setting('training', 'batch', 'Images in a step', batch, 'More make steps steadier and slower.', {
      min: 1,
      max: 1024,
      step: 1,
    }),
    setting(
      'training',
      'optimizer',
      'Optimizer',
      optimizer,
      'Adam suits most; Muon learns convolutions faster; SGD is the plain one.',
      { choices: ['adam', 'muon', 'momentum', 'rmsprop', 'sgd'] },
    ),
    setting(
      'training',
      'patience',
      'Stop early after',
      0,
      'So many validations without a new best end the run; 0 never does.',
      { min: 0, max: 1000, step: 1 },
    ),
    setting(
      'training',
      'weightDecay',
      'Weight decay',
      0,
      'Pulls weights towards zero, against overfitting.',
      { min: 0, max: 1, step: 0.001 },
    ),
    setting('training', 'seed', 'Seed', 0, 'The same seed gives the same run.', {
      min: 0,
      max: 1e9,
      step: 1,
    }),
  ]
}

/** Of networks that Muon trains. */
const ofConvolutions = (rate: number): TrainSetting[] => [
  setting(
    'training',
    'muonLearningRate',
    'Rate of convolutions',
    rate,
    'How far a step of Muon goes; the learning rate is for what Muon leaves to Adam.',
    { min: 0.00001, max: 0.1, step: 0.00001 },
  ),
]

const reconstruction: TrainSetting[] = [
  setting(
    'loss',
    'loss',
    'Error',
    'mse',
    'Squared error, or cross-entropy, which weighs faint strokes more.',
    { choices: ['mse', 'bce'] },
  ),
  setting(
    'loss',
    'dropout',
    'Dropout',
    0,
    'Share of hidden units left out of each step, against overfitting.',
    { min: 0, max: 0.9, step: 0.05 },
  ),
  setting(
    'loss',
    'codeL1',
    'Sparse code',
    0,
    'Weight of the mean absolute code: most of its numbers stay near zero.',
    { min: 0, max: 1, step: 0.001 },
  ),
  setting(
    'loss',
    'codeKl',
    'Sparse activity',
    0,
    "Weight of the difference of each number's mean activity from 5 %.",
    { min: 0, max: 1, step: 0.001 },
  ),
  setting(
    'loss',
    'contractive',
    'Contractive',
    0,
    "Weight of the code's slope: small changes of an image leave its code alone.",
    { min: 0, max: 1, step: 0.0001 },
  ),
  setting(
    'data',
    'inputNoiseSigma255',
    'Noise on the input',
    0,
    'A denoising autoencoder: noise goes in, the clean image is to come out.',
    { min: 0, max: 255, step: 1 },
  ),
  setting(
    'data',
    'inputMaskShare',
    'Holes in the input',
    0,
    "Share of the input's pixels blacked out, to be filled in.",
    { min: 0, max: 0.95, step: 0.05 },
  ),
  setting(
    'data',
    'turnDegrees',
    'Turned by up to',
    0,
    'Degrees either way, drawn anew each time: more images than there are.',
    { min: 0, max: 180, step: 1 },
  ),
  setting('data', 'scaleShare', 'Scaled by up to', 0, 'Share of the size either way.', {
    min: 0,
    max: 0.5,
    step: 0.01,
  }),
  setting('data', 'shiftPixels', 'Shifted by up to', 0, 'Pixels in each direction.', {
    min: 0,
    max: 14,
    step: 1,
  }),
  setting(
    'data',
    'undoChanges',
    'Undo the changes',
    false,
    'The target is the unmoved image: the code learns to ignore how images lie.',
  ),
  setting(
    'data',
    'trainingCount',
    'Images learned from',
    8000,
    'IDX files: the first so many; the rest is held out.',
    { min: 1, max: 1e6, step: 1 },
  ),
]

const ofPhotos: TrainSetting[] = [
  setting(
    'data',
    'view',
    'Photos are seen as',
    'thumbnail',
    'Each whole and small, or as patches cut from it.',
    { choices: ['thumbnail', 'patch'] },
  ),
  setting('data', 'patchesPerPhoto', 'Patches of each', 32, 'How many are cut from each photo.', {
    min: 1,
    max: 10_000,
    step: 1,
  }),
  setting(
    'data',
    'validationShare',
    'Held out',
    0.1,
    'Share of the photos that judge and are never learned from.',
    { min: 0, max: 0.9, step: 0.01 },
  ),
]

const code = (fallback: number) =>
  setting(
    'network',
    'code',
    'Numbers in the code',
    fallback,
    'The waist: fewer say less and generalise more.',
    { min: 1, max: 1024, step: 1 },
  )

const imageNetwork = (channels: string, side: number, widths: number[], numbers: number): TrainSetting[] => [
  code(numbers),
  setting('network', 'rows', 'Rows', side, 'Height of an image in pixels; digits have 28.', {
    min: 4,
    max: 256,
    step: 1,
  }),
  setting('network', 'columns', 'Columns', side, 'Width of an image in pixels.', {
    min: 4,
    max: 256,
    step: 1,
  }),
  setting('network', 'channels', 'Channels', Number(channels), '1 grey, 3 colours.', {
    min: 1,
    max: 3,
    step: 2,
  }),
  setting('network', 'widths', 'Widths', widths, 'Channels of each level; every level halves the sides.'),
  setting(
    'network',
    'activation',
    'Activation',
    'elu',
    'What bends the lines: ELU never dies, ReLU is the usual one.',
    { choices: ['elu', 'relu', 'tanh'] },
  ),
]

const crops = (fallback: number): TrainSetting[] => [
  setting('data', 'crop', 'Crop', fallback, 'Side of the squares that are learned from, in pixels.', {
    min: 32,
    max: 512,
    step: 8,
  }),
  setting(
    'data',
    'validationShare',
    'Held out',
    0.05,
    'Share of the photos that judge and are never learned from.',
    { min: 0, max: 0.9, step: 0.01 },
  ),
]

/** Everything the window can train, the simplest first. */
export const trainables: readonly Trainable[] = [
  {
    ...{
      architecture: 'conv',
      title: 'Convolutional autoencoder',
      task: 'reconstruct',
      takesIdx: true,
      takesPhotos: true,
    },
    explanation: 'Sends small images through a code of a few numbers and back: the start for latents.',
    settings: [
      ...imageNetwork('3', 32, [32, 64, 128], 64),
      ...reconstruction,
      ...ofPhotos,
      ...common(0.004, 64, 'adam'),
    ],
  },
  {
    ...{
      architecture: 'vae',
      title: 'Variational autoencoder',
      task: 'reconstruct',
      takesIdx: true,
      takesPhotos: true,
    },
    explanation: 'Its codes fill a normal distribution, so that random codes decode to new images.',
    settings: [
      setting(
        'loss',
        'beta',
        'Beta',
        1,
        'Weight of the prior: higher orders the code, lower reconstructs better.',
        { min: 0, max: 20, step: 0.05 },
      ),
      ...imageNetwork('3', 32, [32, 64, 128], 64),
      ...reconstruction.map((one) => (one.name === 'loss' ? { ...one, default: 'bce' } : one)),
      ...ofPhotos,
      ...common(0.004, 64, 'adam'),
    ],
  },
  {
    ...{
      architecture: 'dense',
      title: 'Dense autoencoder',
      task: 'reconstruct',
      takesIdx: true,
      takesPhotos: false,
    },
    explanation:
      "The introductory article's network, 784-128-64-32-16 and back, for an IDX file such as MNIST.",
    settings: [
      code(16),
      setting(
        'network',
        'hidden',
        'Hidden layers',
        [128, 64, 32],
        'Widths of the encoder; the decoder mirrors them.',
      ),
      setting('network', 'inputs', 'Inputs', 784, 'Values of one image, 28 x 28 for digits.', {
        min: 1,
        max: 100_000,
        step: 1,
      }),
      setting('network', 'activation', 'Activation', 'relu', 'What bends the lines.', {
        choices: ['relu', 'elu', 'tanh', 'sigmoid'],
      }),
      ...reconstruction,
      ...common(0.002, 64, 'adam'),
    ],
  },
  {
    ...{ architecture: 'denoiser', title: 'Denoiser', task: 'denoise', takesIdx: false, takesPhotos: true },
    explanation: 'Takes noise out. Fine-tune it on your own photos, even when all of them are noisy.',
    settings: [
      setting(
        'data',
        'sigmaMax255',
        'Noise up to',
        75,
        'Levels of 255 that are practised; lower specialises.',
        { min: 1, max: 255, step: 1 },
      ),
      ...crops(96),
      ...ofConvolutions(0.002),
      ...common(0.001, 16, 'muon'),
    ],
  },
  {
    ...{ architecture: 'restorer', title: 'Restorer', task: 'restore', takesIdx: false, takesPhotos: true },
    explanation: 'Fills in holes, scratches, missing lines and lost blocks.',
    settings: [...crops(96), ...ofConvolutions(0.002), ...common(0.001, 16, 'muon')],
  },
  {
    ...{ architecture: 'codec', title: 'Codec', task: 'compress', takesIdx: false, takesPhotos: true },
    explanation: 'Compresses photos into .hgi files. Fine-tuned on your archive it saves more there.',
    settings: [
      ...crops(256).map((one) => (one.name === 'crop' ? { ...one, min: 64, step: 64 } : one)),
      ...ofConvolutions(0.0015),
      ...common(0.0006, 8, 'muon'),
    ],
  },
]
