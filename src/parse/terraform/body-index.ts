import type { Origin } from '../../base/origin.ts'
import type { Attribute, Block, Body } from './syntax.ts'

/** What is asked of the body of a resource or block again and again: for each instance of it, in each environment. */
export interface BodyIndex {
  readonly attributes: ReadonlyMap<string, Attribute>
  /** Where the names of the arguments are written. */
  readonly keys: ReadonlyMap<string, Origin>
  /** By type, dynamic ones under the type that they make; blocks that say how a resource is managed are left out. */
  readonly blocks: ReadonlyMap<string, readonly Block[]>
  /** Arguments and types of blocks that are part of the value, each once, in the order written. */
  readonly names: readonly string[]
  /** Of each name in {@link names}. */
  readonly positions: ReadonlyMap<string, number>
}

/** Arguments of every resource that say how it is managed and are no part of its value. */
export const META_ARGUMENTS: ReadonlySet<string> = new Set(['count', 'for_each', 'provider', 'depends_on'])
const META_BLOCKS: ReadonlySet<string> = new Set(['lifecycle', 'provisioner', 'connection'])

/** Made once for each body. */
export function indexBody(body: Body): BodyIndex {
  body.index ??= new LateIndex(body)
  return body.index
}

class LateIndex implements BodyIndex {
  readonly attributes: ReadonlyMap<string, Attribute>
  readonly blocks: ReadonlyMap<string, readonly Block[]>
  readonly names: readonly string[]
  #keys: ReadonlyMap<string, Origin> | undefined
  #positions: ReadonlyMap<string, number> | undefined

  constructor(body: Body) {
    const attributes = new Map<string, Attribute>()
    const names: string[] = []
    for (const attribute of body.attributes) {
      const { name } = attribute
      if (!META_ARGUMENTS.has(name) && !attributes.has(name)) names.push(name)
      attributes.set(name, attribute)
    }
    let blocks: Map<string, Block[]> | undefined
    for (const block of body.blocks) {
      const type = block.type === 'dynamic' ? block.labels[0] : block.type
      if (type === undefined || (block.type !== 'dynamic' && META_BLOCKS.has(type))) continue
      blocks ??= new Map()
      const known = blocks.get(type)
      if (known !== undefined) known.push(block)
      else {
        blocks.set(type, [block])
        if (!attributes.has(type)) names.push(type)
      }
    }
    this.attributes = attributes
    this.blocks = blocks ?? NO_BLOCKS
    this.names = names
  }

  get keys(): ReadonlyMap<string, Origin> {
    this.#keys ??= new Map(
      [...this.attributes].map(([name, { source, start, nameEnd }]) => [name, { source, start, end: nameEnd }]),
    )
    return this.#keys
  }

  get positions(): ReadonlyMap<string, number> {
    this.#positions ??= new Map(this.names.map((name, at) => [name, at]))
    return this.#positions
  }
}

const NO_BLOCKS: BodyIndex['blocks'] = new Map()
