import type { Origin } from '../../base/origin.ts'
import { indexBody } from './body-index.ts'
import { makeChoice } from './choice.ts'
import { expandForEach } from './expansion.ts'
import { Failure, refuse } from './failure.ts'
import type { InstancePlan } from './instance-plan.ts'
import { makeObject, makeTuple, totalSize } from './make-val.ts'
import { argument } from './module-config.ts'
import type { ModuleInstance } from './module-instance.ts'
import type { Bound, Names } from './scope.ts'
import type { Block, Body } from './syntax.ts'
import { DYNAMIC, typeName } from './type.ts'
import { derived, typeOf, type UnknownVal, type Val } from './val.ts'

/** The instance of a resource whose blocks are read. */
export interface BlockHost {
  readonly module: ModuleInstance
  readonly names: Names
  /** What stands for the attribute at a path: `ip_configuration[0]`. */
  readonly unknown: (path: string) => UnknownVal
  /** What a plan says of the instance. */
  readonly plan: InstancePlan | undefined
}

/** Combinations of dynamic blocks that may be there that are told apart. */
const MAX_BLOCK_OPTIONS = 8

/** The blocks of one type, dynamic ones unrolled, as a list of objects. */
export function readBlocks(
  host: BlockHost,
  type: string,
  blocks: readonly Block[],
  bound: Bound | undefined,
  path: string,
): Val {
  let options: (readonly Val[])[] = [[]]
  let cause: UnknownVal | undefined
  for (const block of blocks) {
    const at = { path, index: options[0]!.length }
    const choices =
      block.type === 'dynamic'
        ? dynamicBlocks(host, type, block, bound, at)
        : { options: [[blockObject(host, block.body, block, bound, `${path}[${at.index}]`)]] }
    cause ??= choices.cause
    if (options.length * choices.options.length > MAX_BLOCK_OPTIONS) {
      options = [[...options[0]!, derived(cause!, DYNAMIC, originOfBlock(block))]]
    } else options = options.flatMap((before) => choices.options.map((more) => [...before, ...more]))
  }
  const origin = originOfBlock(blocks[0]!)
  const lists = options.map((items) => makeTuple(items, origin))
  return lists.length === 1 ? lists[0]! : makeChoice(lists, DYNAMIC, cause!, origin)
}

function dynamicBlocks(
  host: BlockHost,
  type: string,
  block: Block,
  bound: Bound | undefined,
  at: { readonly path: string; readonly index: number },
): { readonly options: readonly (readonly Val[])[]; readonly cause?: UnknownVal } {
  const { module } = host
  const forEach = argument(block.body, 'for_each')
  const content = block.body.blocks.find((inner) => inner.type === 'content')
  if (forEach === undefined || content === undefined) {
    return refuse(`dynamic ${JSON.stringify(type)} needs for_each and content`)
  }
  const named = argument(block.body, 'iterator')?.expression
  const iterator = named?.kind === 'traversal' ? named.root : named?.kind === 'literal' ? String(named.value) : type
  const collection = module.evaluateAttribute(forEach, host.names, bound)
  const make = (pairs: readonly { readonly key: Val; readonly value: Val }[]) =>
    pairs.map(({ key, value }, i) => {
      module.evaluation.budget.spend(1)
      const val = makeObject(
        new Map([
          ['key', key],
          ['value', value],
        ]),
        value.origin,
      )
      return blockObject(
        host,
        content.body,
        content,
        { name: iterator, val, outer: bound },
        `${at.path}[${at.index + i}]`,
      )
    })
  const singles = (collection.kind === 'unknown' && collection.options) || [collection]
  const options = singles.map((single) => pairsOfDynamic(single))
  if (options.includes(undefined)) {
    const cause = collection as UnknownVal
    return { options: [[derived(cause, DYNAMIC, originOfBlock(block))]], cause }
  }
  const made = (options as (readonly { key: Val; value: Val }[])[]).map(make)
  return collection.kind === 'unknown' ? { options: made, cause: collection } : { options: made }
}

/** One block: its arguments, and its own blocks as lists. The provider may add further attributes. */
function blockObject(host: BlockHost, body: Body, block: Block, bound: Bound | undefined, path: string): Val {
  const { module } = host
  const { attributes: written, keys, blocks } = indexBody(body)
  const attributes = new Map<string, Val>()
  for (const [name, attribute] of written) {
    attributes.set(
      name,
      settled(host, attribute.expression, attribute.source, () =>
        module.evaluateAttribute(attribute, host.names, bound),
      ),
    )
  }
  for (const [name, inner] of blocks) {
    attributes.set(
      name,
      settled(host, inner[0]!, block.source, () => readBlocks(host, name, inner, bound, `${path}.${name}`)),
    )
  }
  const size = totalSize(attributes.values())
  const origin = originOfBlock(block)
  const made: UnknownVal = { ...host.unknown(path), origin, notNull: true, attributes, keys, size }
  if (module.evaluation.planned === undefined) return made
  return { ...made, computed: (name) => host.plan?.ofBlock(made, path, name) }
}

/** A failure costs the argument, not its block. */
function settled(
  { module }: BlockHost,
  node: { readonly start: number; readonly end: number },
  source: Origin['source'],
  make: () => Val,
): Val {
  const { budget } = module.evaluation
  const { depth } = budget
  try {
    return make()
  } catch (failure) {
    if (!(failure instanceof Failure)) throw failure
    budget.depth = depth
    const origin = { source, start: node.start, end: node.end }
    return { kind: 'unknown', type: DYNAMIC, reason: failure.reason, detail: failure.message, origin }
  }
}

function originOfBlock({ source, start, end }: Block): Origin {
  return { source, start, end }
}

/** What a dynamic block runs over; undefined where that is unknown. Unlike `for_each` of a resource it takes any collection. */
function pairsOfDynamic(val: Val): readonly { readonly key: Val; readonly value: Val }[] | undefined {
  switch (val.kind) {
    case 'unknown':
      return undefined
    case 'null':
      return refuse('for_each of a dynamic block is null')
    case 'list':
    case 'tuple':
      return val.items.map((value, i) => ({ key: { kind: 'number', value: i, origin: value.origin }, value }))
    case 'set':
      return val.items.map((value) => ({ key: value, value }))
    case 'map':
    case 'object':
      return expandForEach(val).instances.map(({ eachKey, eachValue }) => ({ key: eachKey!, value: eachValue! }))
    default:
      return refuse(`a dynamic block cannot run over a ${typeName(typeOf(val))}`)
  }
}
