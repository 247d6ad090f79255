import type { Origin } from '../../base/origin.ts'
import type { MapEntry, ScalarValue, Value } from '../../base/value.ts'
import { type TextPart, toText } from './text.ts'
import { choose, list, map, scalar, unknown } from './values.ts'

/**
 * `${NAME}` and `${NAME=default}`, which the Azure Developer CLI replaces in parameter files, and `#{name}#`, which release
 * pipelines do. Source: learn.microsoft.com/azure/developer/azure-developer-cli/manage-environment-variables
 */
const TOKEN = /\$\{([A-Za-z_]\w*)(?:=([^{}]*))?\}|#\{([^{}\n]+)\}#?/g

/** The data with its tokens as what they are: values that somebody fills in before the deployment. */
export function withSubstitutions(value: Value): Value {
  switch (value.kind) {
    case 'scalar':
      return typeof value.value === 'string' && value.value.includes('{') ? substitute(value, value.value) : value
    case 'list': {
      const items = value.items.map(withSubstitutions)
      return items.every((item, i) => item === value.items[i]) ? value : list(items, value.origin)
    }
    case 'map': {
      const entries = new Map<string, MapEntry>()
      let changed = false
      for (const [key, entry] of value.entries) {
        const filled = withSubstitutions(entry.value)
        changed ||= filled !== entry.value
        entries.set(key, filled === entry.value ? entry : { ...entry, value: filled })
      }
      return changed ? map(entries, value.origin) : value
    }
    default:
      return value
  }
}

function substitute(value: ScalarValue, text: string): Value {
  const parts: TextPart[] = []
  let at = 0
  for (const match of text.matchAll(TOKEN)) {
    const name = match[1] ?? match[3] ?? ''
    const open = unknown('substitution', `"${name}" is filled in before the deployment`, value.origin)
    if (match[0].length === text.length) return withDefault(match[2], open, value.origin)
    parts.push(text.slice(at, match.index), open)
    at = match.index + match[0].length
  }
  return parts.length === 0 ? value : toText([...parts, text.slice(at)], value.origin)
}

function withDefault(text: string | undefined, open: Value, origin: Origin): Value {
  return text === undefined ? open : choose([scalar(text, origin), open], open, origin)
}

/** A string given to a parameter of another simple type, which the tools convert. */
export function toDeclaredType(value: Value, type: string | undefined): Value {
  if (value.kind === 'choice') return { ...value, options: value.options.map((one) => toDeclaredType(one, type)) }
  if (value.kind !== 'scalar' || typeof value.value !== 'string') return value
  const text = value.value.toLowerCase()
  if (type === 'bool' && (text === 'true' || text === 'false')) return scalar(text === 'true', value.origin)
  if (type === 'int' && /^-?\d{1,15}$/.test(text)) return scalar(Number(text), value.origin)
  return value
}
