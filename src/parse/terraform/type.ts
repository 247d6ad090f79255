/** Types of the language. Objects of equal structure are equal types: compare with {@link sameType}. */
export type Type =
  | { readonly kind: 'string' | 'number' | 'bool' | 'dynamic' }
  | { readonly kind: 'list' | 'set' | 'map'; readonly element: Type }
  | { readonly kind: 'tuple'; readonly elements: readonly Type[] }
  | ObjectType

export interface ObjectType {
  readonly kind: 'object'
  readonly attributes: ReadonlyMap<string, Type>
  /** Attributes that a value may lack, in type constraints of variables only. */
  readonly optional?: ReadonlySet<string>
}

export const STRING: Type = { kind: 'string' }
export const NUMBER: Type = { kind: 'number' }
export const BOOL: Type = { kind: 'bool' }
/** Not known yet, or any type at all where a type is asked for. */
export const DYNAMIC: Type = { kind: 'dynamic' }

export function listOf(element: Type): Type {
  return { kind: 'list', element }
}

export function setOf(element: Type): Type {
  return { kind: 'set', element }
}

export function mapOf(element: Type): Type {
  return { kind: 'map', element }
}

export function tupleOf(elements: readonly Type[]): Type {
  return { kind: 'tuple', elements }
}

export function objectOf(attributes: ReadonlyMap<string, Type>): Type {
  return { kind: 'object', attributes }
}

export function sameType(a: Type, b: Type): boolean {
  if (a === b) return true
  switch (a.kind) {
    case 'string':
    case 'number':
    case 'bool':
    case 'dynamic':
      return a.kind === b.kind
    case 'list':
    case 'set':
    case 'map':
      return a.kind === b.kind && sameType(a.element, (b as { element: Type }).element)
    case 'tuple':
      return (
        b.kind === 'tuple' &&
        a.elements.length === b.elements.length &&
        a.elements.every((element, i) => sameType(element, b.elements[i]!))
      )
    case 'object': {
      if (b.kind !== 'object' || a.attributes.size !== b.attributes.size) return false
      for (const [name, type] of a.attributes) {
        const other = b.attributes.get(name)
        if (other === undefined || !sameType(type, other)) return false
        if ((a.optional?.has(name) ?? false) !== (b.optional?.has(name) ?? false)) return false
      }
      return true
    }
  }
}

/** True where a part of the type is not known yet. */
export function hasDynamic(type: Type): boolean {
  switch (type.kind) {
    case 'string':
    case 'number':
    case 'bool':
      return false
    case 'dynamic':
      return true
    case 'list':
    case 'set':
    case 'map':
      return hasDynamic(type.element)
    case 'tuple':
      return type.elements.some(hasDynamic)
    case 'object':
      return [...type.attributes.values()].some(hasDynamic)
  }
}

export function isPrimitive(type: Type): boolean {
  return type.kind === 'string' || type.kind === 'number' || type.kind === 'bool'
}

/** As people write it in a type constraint; for messages. */
export function typeName(type: Type): string {
  switch (type.kind) {
    case 'string':
    case 'number':
    case 'bool':
    case 'tuple':
    case 'object':
      return type.kind
    case 'dynamic':
      return 'any'
    case 'list':
    case 'set':
    case 'map':
      return `${type.kind} of ${typeName(type.element)}`
  }
}
