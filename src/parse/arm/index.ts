import type { FrontEnd } from '../front-end.ts'
import { renderOnce } from '../template/render-once.ts'
import { adoptArm, findArm } from './find.ts'
import { renderArm } from './render.ts'

/** ARM templates in JSON: each that no other links, once for each of its parameter files. */
export const arm: FrontEnd = {
  find: findArm,
  adopt: adoptArm,
  render: (tree, request, cache) => renderOnce(tree, request, cache, renderArm),
}
