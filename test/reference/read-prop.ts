import type { AzureObject } from '../../src/model/azure/azure-object.ts'
import type { Link } from '../../src/model/azure/link.ts'
import type { Prop, PropList } from '../../src/model/azure/prop.ts'
import { rangeOf } from './address.ts'
import { NotModelled } from './yaml-selector.ts'

/** Values of the model that must be known; all of these throw {@link NotModelled}. */

export function value<T>(prop: Prop<T>): T {
  if (!prop.known) throw new NotModelled('a value that is not known')
  return prop.value
}

export function values<T>(list: PropList<T>): readonly T[] {
  if (!list.complete) throw new NotModelled('a list that is not known')
  return list.items.map(value)
}

export function single(list: PropList<string>, otherwise: string): string {
  const [first, ...others] = values(list)
  if (first === undefined || others.length > 0 || rangeOf(first) === undefined) throw new NotModelled(otherwise)
  return first
}

/** One range of each family: `prefix` and `prefix6`, say. */
export function rangesOf<Name extends 'space' | 'prefix'>(
  list: PropList<string>,
  otherwise: string,
  name: Name,
): { readonly [N in Name]: string } & { readonly [N in `${Name}6`]?: string } {
  const all = values(list)
  const [v4, ...others] = all.filter((range) => !range.includes(':'))
  const [v6, ...more] = all.filter((range) => range.includes(':'))
  if (v4 === undefined || others.length + more.length > 0) throw new NotModelled(otherwise)
  return { [name]: v4, ...(v6 !== undefined && { [`${name}6`]: v6 }) } as never
}

export function nameOf({ name }: AzureObject): string {
  return value(name)
}

export function linkName(link: Link): string {
  if (link.kind !== 'found') throw new NotModelled('a resource that is not in the tree')
  return nameOf(link.object)
}

export function optionalName(link: Link): string | undefined {
  return link.kind === 'absent' ? undefined : linkName(link)
}
