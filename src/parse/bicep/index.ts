import type { FrontEnd } from '../front-end.ts'
import { renderOnce } from '../template/render-once.ts'
import { adoptBicep, findBicep } from './find.ts'
import { renderBicep } from './render.ts'

/** Bicep: each entry file with its modules, once for each of its parameter files. */
export const bicep: FrontEnd = {
  find: findBicep,
  adopt: adoptBicep,
  render: (tree, request, cache) => renderOnce(tree, request, cache, renderBicep),
}
