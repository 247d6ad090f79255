import { unreachable } from '../../../base/problem.ts'
import { sortedEntries } from '../equality.ts'
import { refuse } from '../failure.ts'
import { numberToString } from '../number.ts'
import type { Val } from '../val.ts'
import { quoteJson } from './json-encode.ts'

/** YAML as `yamlencode` prints it: every string and key in double quotes, lists not indented, texts of several lines as blocks. */
export function encodeYaml(val: Val): string {
  const lines: string[] = []
  writeValue(val, '', '', lines)
  return `${lines.join('\n')}\n`
}

/** Writes a value behind `head`, the text that its line begins with; its further lines are indented by `indent`. */
function writeValue(val: Val, head: string, indent: string, lines: string[]): void {
  switch (val.kind) {
    case 'map':
    case 'object': {
      const entries = sortedEntries(val)
      if (entries.length === 0) lines.push(`${head}{}`)
      entries.forEach(([key, item], i) => {
        writeEntry(`${i === 0 ? head : indent}${quoteYaml(key)}:`, item, indent, lines)
      })
      return
    }
    case 'list':
    case 'set':
    case 'tuple':
      if (val.items.length === 0) lines.push(`${head}[]`)
      val.items.forEach((item, i) => {
        writeValue(item, `${i === 0 ? head : indent}- `, `${indent}  `, lines)
      })
      return
    default:
      writeScalar(val, head, indent, lines)
  }
}

function writeEntry(head: string, item: Val, indent: string, lines: string[]): void {
  const isMap = (item.kind === 'map' || item.kind === 'object') && item.entries.size > 0
  const isList = (item.kind === 'list' || item.kind === 'set' || item.kind === 'tuple') && item.items.length > 0
  if (isMap) {
    lines.push(head)
    writeValue(item, `${indent}  `, `${indent}  `, lines)
  } else if (isList) {
    lines.push(head)
    writeValue(item, indent, indent, lines)
  } else writeValue(item, `${head} `, `${indent}  `, lines)
}

function writeScalar(
  val: Exclude<Val, { kind: 'map' | 'object' | 'list' | 'set' | 'tuple' }>,
  head: string,
  indent: string,
  lines: string[],
): void {
  switch (val.kind) {
    case 'string':
      if (val.value.includes('\n') && isPrintable(val.value)) writeBlock(val.value, head, indent, lines)
      else lines.push(head + quoteYaml(val.value))
      return
    case 'number':
      lines.push(head + numberToString(val.value))
      return
    case 'bool':
      lines.push(head + String(val.value))
      return
    case 'null':
      lines.push(`${head}null`)
      return
    case 'unknown':
      refuse('an unknown value cannot be encoded')
      break
    default:
      unreachable(val)
  }
}

/** `|` with an indicator for what stands behind the last line. */
function writeBlock(text: string, head: string, indent: string, lines: string[]): void {
  const inner = indent === '' ? '  ' : indent
  const leading = /^[ \n]/.test(text) ? '2' : ''
  const chomp = !text.endsWith('\n') ? '-' : text === '\n' || text.endsWith('\n\n') ? '+' : ''
  lines.push(`${head}|${leading}${chomp}`)
  const body = text.endsWith('\n') ? text.slice(0, -1) : text
  for (const line of body.split('\n')) lines.push(line === '' ? '' : inner + line)
}

function isPrintable(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what a block cannot hold
  return !/[\0-\x08\x0b-\x1f\x7f-\x9f\ufeff]/.test(text)
}

function quoteYaml(text: string): string {
  return quoteJson(text)
    .replaceAll('\\u003c', '<')
    .replaceAll('\\u003e', '>')
    .replaceAll('\\u0026', '&')
    .replace(/\\u00([0-9a-f]{2})/g, (_, hex: string) => YAML_ESCAPES.get(hex) ?? `\\x${hex.toUpperCase()}`)
}

const YAML_ESCAPES: ReadonlyMap<string, string> = new Map([
  ['00', '\\0'],
  ['07', '\\a'],
  ['08', '\\b'],
  ['0b', '\\v'],
  ['0c', '\\f'],
  ['1b', '\\e'],
])
