import type { BicepFile, Declaration, LoopHead } from '../../../src/parse/bicep/syntax.ts'
import type { Expression } from '../../../src/parse/template/expression.ts'

/**
 * What a file declares, in the words that two parsers share. An expression is the row of its operands and operators in the order
 * written, with a list for all that stands in brackets or quotes: which operator binds closer is left out.
 */
export function describeFile(file: BicepFile): unknown[] {
  return file.declarations.map(describeDeclaration)
}

function describeDeclaration(one: Declaration): unknown {
  switch (one.kind) {
    case 'parameter': {
      const type = one.type && { name: one.type.name ?? null, nullable: one.type.nullable }
      return ['param', one.name, type ?? null, one.value ? row(one.value) : null]
    }
    case 'variable':
      return ['var', one.name, row(one.value)]
    case 'type':
      return ['type', one.name]
    case 'function':
      return ['func', one.name, one.parameters, row(one.body)]
    case 'resource': {
      const type = one.apiVersion === undefined ? one.type : `${one.type}@${one.apiVersion}`
      return ['resource', one.name, type, one.existing, ...describeDeployed(one), one.children.map(describeDeclaration)]
    }
    case 'module':
      return ['module', one.name, one.path, ...describeDeployed(one)]
    case 'output':
      return ['output', one.name, row(one.value)]
    case 'import':
      return ['import', one.path, one.alias ?? null, one.items.map(({ name, alias }) => [name, alias])]
    case 'using':
    case 'extends':
      return [one.kind, one.path ?? null]
    case 'target-scope':
    case 'metadata':
    case 'assert':
    case 'extension':
      return [one.kind, one.name, one.value ? row(one.value) : null]
  }
}

function describeDeployed(one: {
  readonly loop: LoopHead | undefined
  readonly condition: Expression | undefined
  readonly body: Expression
}): readonly unknown[] {
  const { loop, condition, body } = one
  return [loop ? [loop.item, loop.index ?? null, row(loop.list)] : null, condition ? row(condition) : null, row(body)]
}

function row(node: Expression): unknown[] {
  switch (node.kind) {
    case 'literal':
      if (typeof node.value === 'string') return [['string', ...(node.value === '' ? [] : [node.value])]]
      return typeof node.value === 'number' && node.value < 0 ? ['-', -node.value] : [node.value]
    case 'interpolation': {
      const pieces = node.texts.flatMap((text, i): unknown[] => {
        const hole = node.holes[i]
        return [...(text === '' ? [] : [text]), ...(hole ? [['hole', ...row(hole)]] : [])]
      })
      return [['string', ...pieces]]
    }
    case 'array':
      return [
        ['array', ...node.items.map((item) => (item.kind === 'spread' ? ['...', ...row(item.value)] : row(item)))],
      ]
    case 'object':
      return [['object', ...node.properties.map(describeProperty)]]
    case 'for':
      return [['for', node.item, node.index ?? null, row(node.list), row(node.body)]]
    case 'conditional':
      return [...row(node.condition), '?', ...row(node.then), ':', ...row(node.else)]
    case 'binary':
      return [...row(node.left), node.operator, ...row(node.right)]
    case 'unary':
      return [node.operator, ...row(node.operand)]
    case 'name':
      return [node.name]
    case 'member':
      return [...row(node.base), node.safe ? '.?' : '.', node.name]
    case 'index':
      return [...row(node.base), [`[${node.safe ? '?' : ''}${node.fromEnd ? '^' : ''}]`, ...row(node.index)]]
    case 'call': {
      const name = node.base === undefined ? [node.name] : [...row(node.base), '.', node.name]
      return [...name, ['arguments', ...node.arguments.map(row)]]
    }
    case 'lambda':
      return [['parameters', ...node.parameters], '=>', ...row(node.body)]
    case 'nested':
      return [...row(node.base), '::', node.name]
  }
}

function describeProperty(one: Extract<Expression, { kind: 'object' }>['properties'][number]): unknown {
  if (one.kind === 'spread') return ['...', ...row(one.value)]
  const key = typeof one.key === 'string' ? one.key : row(one.key)[0]
  return [key, row(one.value)]
}
