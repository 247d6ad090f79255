import type { Origin } from '../../base/origin.ts'
import type { Attribute, Block, Body } from './syntax.ts'

/** What is asked of the body of a resource or block again and again: for each instance of it, in each environment. */
export interface BodyIndex {
  readonly attributes: ReadonlyMap<string, Attribute>
  /** Where the names of the arguments are written. */
  readonly keys: ReadonlyMap<string, Origin>
  /** By type, dynamic ones under the type that they make; blocks that say how a resource is managed are left out. */
  readonly blocks: ReadonlyMap<string, readonly Block[]>
  /** Arguments and types of blocks that are part of the value, in the order written. */
  readonly names: readonly string[]
}

/** Arguments of every resource that say how it is managed and are no part of its value. */
export const META_ARGUMENTS: ReadonlySet<string> = new Set(['count', 'for_each', 'provider', 'depends_on'])
const META_BLOCKS: ReadonlySet<string> = new Set(['lifecycle', 'provisioner', 'connection'])

/** Made once for each body. */
export function indexBody(body: Body): BodyIndex {
  body.index ??= makeIndex(body)
  return body.index
}

function makeIndex(body: Body): BodyIndex {
  const attributes = new Map<string, Attribute>()
  const keys = new Map<string, Origin>()
  const names: string[] = []
  for (const attribute of body.attributes) {
    const { name, source, start, nameEnd } = attribute
    attributes.set(name, attribute)
    keys.set(name, { source, start, end: nameEnd })
    if (!META_ARGUMENTS.has(name)) names.push(name)
  }
  const blocks = new Map<string, Block[]>()
  for (const block of body.blocks) {
    const type = block.type === 'dynamic' ? block.labels[0] : block.type
    if (type === undefined || (block.type !== 'dynamic' && META_BLOCKS.has(type))) continue
    const known = blocks.get(type)
    if (known !== undefined) known.push(block)
    else {
      blocks.set(type, [block])
      if (!attributes.has(type)) names.push(type)
    }
  }
  return { attributes, keys, blocks, names }
}
