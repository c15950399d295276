import { paint } from './painting.ts'
import { type Frame, PicturePainter, type PictureSetup } from './picture-painter.ts'

paint<PictureSetup, Frame>((canvas, setup) => new PicturePainter(canvas, setup))
