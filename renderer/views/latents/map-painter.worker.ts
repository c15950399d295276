import { paint } from '../../draw/painting.ts'
import { type MapFrame, MapPainter } from './map-painter.ts'

paint<null, MapFrame>((canvas) => new MapPainter(canvas))
