import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Language, type Node, Parser } from 'web-tree-sitter'

/**
 * A reader of Bicep that shares nothing with ours: the grammar of tree-sitter. It does not know the whole language, and where it
 * stumbles it says so; what it reads is described in the words of `describe-tree.ts`.
 */
export async function openIndependentParser(): Promise<(text: string) => unknown[] | undefined> {
  await Parser.init()
  const grammar = fileURLToPath(import.meta.resolve('tree-sitter-bicep/tree-sitter-bicep.wasm'))
  const parser = new Parser()
  parser.setLanguage(await Language.load(readFileSync(grammar)))
  return (text) => {
    const tree = parser.parse(text)
    if (tree === null) return undefined
    const result = tree.rootNode.hasError || isTorn(tree.rootNode) ? undefined : describeStatements(tree.rootNode)
    tree.delete()
    return result
  }
}

/** What a line break ends, and what it reads on after one. */
const ON_ONE_LINE = new Set(['binary_expression', 'subscript_expression', 'call_expression', 'member_expression'])

/**
 * Its known faults: in an array `f(x)` and `x[0]` become two items with nothing between them, two lines may become one item, and in
 * a string `//` begins a comment.
 */
function isTorn(node: Node): boolean {
  const children = node.children as readonly Node[]
  if (node.type === 'string' && children.some(isComment)) return true
  const parts = children.filter((child) => !isComment(child))
  for (const [i, part] of parts.entries()) {
    const before = parts[i - 1]
    if (node.type === 'array' && part.isNamed && before?.isNamed && isOneLine(before, part)) return true
    if (ON_ONE_LINE.has(node.type) && i === 1 && !isOneLine(before!, part)) return true
    if (isTorn(part)) return true
  }
  return false
}

function isComment(node: Node): boolean {
  return node.type.endsWith('comment')
}

function isOneLine(before: Node, after: Node): boolean {
  return before.endPosition.row === after.startPosition.row
}

function named(node: Node): readonly Node[] {
  return node.namedChildren.filter((child) => child !== null && !isComment(child)) as Node[]
}

function describeStatements(root: Node): unknown[] {
  return named(root)
    .filter((node) => node.type !== 'decorators')
    .map(describeStatement)
}

function describeStatement(node: Node): unknown {
  const parts = named(node)
  const [first] = parts
  const has = (token: string) => node.children.some((child) => child?.type === token)
  switch (node.type) {
    case 'parameter_declaration': {
      const type = parts.find((part) => part.type === 'type')
      const value = has('=') ? row(parts.at(-1)!) : null
      return ['param', first!.text, type ? describeType(type) : null, value]
    }
    case 'variable_declaration':
      return ['var', first!.text, row(parts.at(-1)!)]
    case 'output_declaration':
      return ['output', first!.text, row(parts.at(-1)!)]
    case 'metadata_declaration':
      return ['metadata', first!.text, row(parts.at(-1)!)]
    case 'assert_statement':
      return ['assert', first!.text, row(parts.at(-1)!)]
    case 'target_scope_assignment':
      return ['target-scope', 'targetScope', row(first!)]
    case 'type_declaration':
      return ['type', first!.text]
    case 'user_defined_function': {
      const parameters = named(parts.find((part) => part.type === 'parameters')!)
      return ['func', first!.text, parameters.map((one) => named(one)[0]!.text), row(parts.at(-1)!)]
    }
    case 'resource_declaration': {
      const deployed = describeDeployed(parts.at(-1)!)
      const children = resourcesIn(parts.at(-1)!).map(describeStatement)
      return ['resource', first!.text, plainText(parts[1]!).replace(/^az:/, ''), has('existing'), ...deployed, children]
    }
    case 'module_declaration':
      return ['module', first!.text, plainText(parts[1]!), ...describeDeployed(parts.at(-1)!)]
    case 'using_statement':
      return ['using', plainText(first!)]
    case 'import_functionality':
      return describeImport(node)
    default:
      return [node.type, node.text]
  }
}

function describeImport(node: Node): unknown {
  const path = plainText(node.lastNamedChild!)
  const words = node.children.map((child) => child!)
  if (words.some((word) => word.type === '*' || word.text === '*')) {
    return ['import', path, named(node)[0]!.text, []]
  }
  const items: [string, string][] = []
  for (const [i, word] of words.entries()) {
    if (word.type !== 'identifier') continue
    if (words[i - 1]?.type === 'as') items.at(-1)![1] = word.text
    else items.push([word.text, word.text])
  }
  return ['import', path, null, items]
}

function describeType(type: Node): { readonly name: string | null; readonly nullable: boolean } {
  const parts = named(type)
  switch (type.type) {
    case 'type':
    case 'parenthesized_type':
    case 'parenthesized_expression':
      return parts[0] === undefined ? { name: type.text, nullable: false } : describeType(parts[0])
    case 'nullable_type':
      return { ...describeType(parts[0]!), nullable: true }
    case 'union_type':
      return { name: null, nullable: parts.some((part) => describeType(part).nullable) }
    case 'primitive_type':
    case 'identifier':
    case 'member_expression':
      return { name: type.text, nullable: false }
    default:
      return { name: null, nullable: type.type === 'null' }
  }
}

/** The loop, the condition and the body of a resource or a module. */
function describeDeployed(node: Node): readonly unknown[] {
  if (node.type === 'for_statement') {
    const { item, index, list, body } = loopOf(node)
    const [, condition, object] = describeDeployed(body)
    return [[item, index, row(list)], condition, object]
  }
  if (node.type === 'if_statement') {
    const [condition, body] = named(node)
    return [null, row(condition!), row(body!)]
  }
  return [null, null, row(node)]
}

function loopOf(node: Node) {
  const [head, list, body] = named(node)
  const [item, index] = head!.type === 'for_loop_parameters' ? named(head!) : [head!]
  return { item: item!.text, index: index?.text ?? null, list: list!, body: body! }
}

function resourcesIn(node: Node): readonly Node[] {
  if (node.type === 'for_statement' || node.type === 'if_statement') return resourcesIn(named(node).at(-1)!)
  return named(node)
    .map((property) => property.firstNamedChild)
    .filter((child) => child?.type === 'resource_declaration') as Node[]
}

function row(node: Node): unknown[] {
  const parts = named(node)
  switch (node.type) {
    case 'number':
      return node.text.startsWith('-') ? ['-', Number(node.text.slice(1))] : [Number(node.text)]
    case 'boolean':
      return [node.text === 'true']
    case 'null':
      return [null]
    case 'string':
      return [['string', ...pieces(node)]]
    case 'parenthesized_expression':
      return row(parts[0]!)
    case 'array':
      return [['array', ...parts.map(row)]]
    case 'object':
      return [['object', ...parts.filter((part) => part.type === 'object_property').flatMap(describeProperty)]]
    case 'for_statement': {
      const { item, index, list, body } = loopOf(node)
      return [['for', item, index, row(list), row(body)]]
    }
    case 'arguments':
      return [['arguments', ...parts.map(row)]]
    case 'subscript_expression': {
      const safe = node.children.some((child) => child?.type === '?')
      return [...row(parts[0]!), [`[${safe ? '?' : ''}]`, ...row(parts[1]!)]]
    }
    case 'lambda_expression': {
      const [head, body] = parts
      const names = head!.type === 'parenthesized_expression' ? named(head!) : [head!]
      return [['parameters', ...names.map((one) => one.text)], '=>', ...row(body!)]
    }
    case 'nullable_return_type':
      return []
    case 'nullable_type':
    case 'binary_expression':
    case 'unary_expression':
    case 'ternary_expression':
    case 'member_expression':
    case 'resource_expression':
    case 'call_expression':
      return node.children.flatMap((child, i) => {
        if (child!.isNamed) return isComment(child!) ? [] : row(child!)
        // A `!` behind its operand is only for the type checker.
        return child!.type === '!' && i > 0 ? [] : [child!.type]
      })
    default:
      return [node.text]
  }
}

function describeProperty(property: Node): readonly unknown[] {
  const [key, value] = named(property)
  if (key?.type === 'resource_declaration') return []
  const name = key!.type === 'string' ? row(key!)[0] : key!.text
  const text = Array.isArray(name) && name.length <= 2 && !Array.isArray(name[1]) ? (name[1] ?? '') : name
  return [[text, row(value!)]]
}

function plainText(string: Node): string {
  return pieces(string).join('')
}

/** Texts, unescaped and joined, and holes. What lies between its nodes (blanks, a `$`) belongs to the text as well. */
function pieces(string: Node): readonly unknown[] {
  const result: unknown[] = []
  const quote = string.firstChild!.type
  const add = (text: string) => {
    if (typeof result.at(-1) === 'string') result[result.length - 1] += text
    else if (text !== '') result.push(text)
  }
  let at = string.startIndex + quote.length
  const raw = string.text
  const upTo = (end: number) => raw.slice(at - string.startIndex, end - string.startIndex).replaceAll('\\$', '$')
  if (quote === "'''") add(raw.slice(3, -3).replace(/^\r?\n/, ''))
  else {
    for (const child of named(string)) {
      add(upTo(child.startIndex))
      if (child.type === 'interpolation') result.push(['hole', ...row(named(child)[0]!)])
      else add(child.type === 'escape_sequence' ? unescapeText(child.text) : child.text)
      at = child.endIndex
    }
    add(upTo(string.endIndex - 1))
  }
  return result
}

function unescapeText(text: string): string {
  const code = /^\\u\{([0-9a-fA-F]+)\}$/.exec(text)?.[1]
  if (code !== undefined) return String.fromCodePoint(Number.parseInt(code, 16))
  return { '\\n': '\n', '\\r': '\r', '\\t': '\t' }[text] ?? text.slice(1)
}
