// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are templates of the language that is tested
import { describe, expect, it } from 'vitest'
import { ParseCache } from '../../../src/parse/front-end.ts'
import { terraform } from '../../../src/parse/terraform/index.ts'
import type { Tree, TreeEntry } from '../../../src/source/tree.ts'
import { treeOf } from '../tree-of.ts'
import { ERROR, jsonOf, outcomeOf, renderFiles, resourceAt, UNKNOWN } from './evaluate.ts'

const MANY = 100_000
/** Each takes well under a second alone; tests of several folders share two cores. */
const TIME = 20_000

const input = (expression: string) => `resource "terraform_data" "x" {\n  input = ${expression}\n}\n`
const locals = (count: number, first: string, next: (name: string) => string) =>
  `locals {\n  l0 = ${first}\n${Array.from({ length: count }, (_, i) => `  l${i + 1} = ${next(`local.l${i}`)}\n`).join('')}}\n`

describe('nesting', { timeout: TIME }, () => {
  it.each([
    ['parentheses', input(`${'('.repeat(MANY)}1${')'.repeat(MANY)}`)],
    ['lists', input('['.repeat(MANY) + ']'.repeat(MANY))],
    ['objects', input(`${'{a='.repeat(MANY)}1${'}'.repeat(MANY)}`)],
    ['templates', input(`${'"${'.repeat(MANY)}1${'}"'.repeat(MANY)}`)],
    ['directives', input(`"${'%{ if true }'.repeat(MANY)}x${'%{ endif }'.repeat(MANY)}"`)],
    ['operators', input(`${'!'.repeat(MANY)}true`)],
    ['sums', input(`1${' + 1'.repeat(MANY)}`)],
    ['conditionals', input(`${'true ? 1 : '.repeat(MANY)}1`)],
    ['splats', input(`[]${'[*]'.repeat(MANY)}`)],
    ['blocks', 'a {\n'.repeat(MANY) + '}\n'.repeat(MANY)],
  ])('%s that are too deep are a problem of their block', (_, text) => {
    const unit = renderFiles(text)
    expect(unit.problems[0]).toMatchObject({ code: 'syntax', message: expect.stringContaining('nested') })
  })

  it.each([
    ['objects', `{"locals": ${'{"a":'.repeat(MANY)}1${'}'.repeat(MANY)}}`],
    ['lists', `{"locals": {"a": ${'['.repeat(MANY)}${']'.repeat(MANY)}}}`],
    ['blocks', `{"resource": {"azurerm_x": {"a": ${'{"b":'.repeat(MANY)}{}${'}'.repeat(MANY)}}}}`],
    ['lists that are not closed', `{"locals": ${'['.repeat(MANY)}`],
    ['expressions', JSON.stringify({ locals: { a: `\${${'('.repeat(MANY)}1${')'.repeat(MANY)}}` } })],
    ['templates', JSON.stringify({ locals: { a: `${'${"'.repeat(MANY)}1${'"}'.repeat(MANY)}` } })],
  ])('%s in JSON that are too deep are a problem of their file', (_, text) => {
    const unit = renderFiles({ 'main.tf.json': text })
    expect(unit.problems[0]).toMatchObject({ code: 'syntax' })
  })

  it.each([
    ['variable files', { 'terraform.tfvars': `v = ${'['.repeat(MANY)}${']'.repeat(MANY)}\n` }],
    ['variable files in JSON', { 'terraform.tfvars.json': `{"v": ${'['.repeat(MANY)}${']'.repeat(MANY)}}` }],
    ['manifests of modules', { '.terraform/modules/modules.json': '['.repeat(MANY) }],
  ])('%s that are too deep leave the module as it is', (_, files) => {
    const unit = renderFiles({ 'main.tf': `variable "v" {}\n${input('1')}`, ...files })
    expect(resourceAt(unit, 'terraform_data.x').value.entries.get('input')!.value).toMatchObject({ value: 1 })
  })

  it.each(['1e1000000000', '1e-1000000000'])('the number %s costs its block', (number) => {
    expect(renderFiles(input(number)).problems).toMatchObject([{ code: 'syntax' }])
  })

  it.each([
    ['strings', 'a "x" {\n b = "\n}\n'],
    ['parentheses', 'a "x" {\n b = (\n'],
    ['heredocs', 'a = <<EOT\n'],
    ['comments', 'a = /* \n'],
  ])('%s that are not closed are found in linear time', (_, line) => {
    expect(renderFiles(line.repeat(20_000)).problems.length).toBeGreaterThan(0)
  })
})

describe('evaluation', { timeout: TIME }, () => {
  it.each([
    ['a range of 10^12', input('range(1000000000000)'), ERROR],
    [
      'an exponential loop',
      input('[for a in range(1000): [for b in range(1000): [for c in range(1000): c]]]'),
      UNKNOWN,
    ],
    ['lists that double', locals(60, '[1]', (name) => `[${name}, ${name}]`) + input('local.l60'), UNKNOWN],
    ['strings that double', locals(60, '"x"', (name) => `"\${${name}}\${${name}}"`) + input('local.l60'), UNKNOWN],
    ['JSON in JSON', locals(30, '"\\"x"', (name) => `jsonencode([${name}, ${name}])`) + input('local.l30'), UNKNOWN],
    ['numbers that square', locals(60, '1e9000', (name) => `${name} * ${name}`) + input('local.l60'), UNKNOWN],
    ['a chain of locals', locals(MANY, '"x"', (name) => name) + input(`local.l${MANY}`), UNKNOWN],
    ['products of lists', input('setproduct(range(1000), range(1000), range(1000))'), UNKNOWN],
    ['a width of 10^9', input('format("%1000000000d", 1)'), UNKNOWN],
    ['an indent of 10^9', input('indent(1000000000, "a\\nb")'), UNKNOWN],
    ['a pattern that backtracks', input(`regexall("(a*)*b", "${'a'.repeat(20_000)}")`), []],
    ['a pattern that multiplies', input('regexall("((a{0,1000}){0,1000}){0,1000}", "a")'), UNKNOWN],
    [
      '100,000 elements',
      input(`length(distinct([${Array.from({ length: MANY }, (_, i) => `"v${i}"`).join(',')}]))`),
      MANY,
    ],
    [
      '100,000 types',
      input(`length([for x in [${Array.from({ length: MANY }, (_, i) => `{a${i}=1}`).join(',')}] : x])`),
      MANY,
    ],
    ['a range of 10^12 by a reference', `locals {\n  n = 1000000000000\n}\n${input('range(0, local.n, 1)')}`, ERROR],
    ['a loop over a huge range', input('sum([for i in range(1024): length(range(1024))])'), 1024 * 1024],
    ['exponential directives', input(`"${'%{ for a in range(1000) }'.repeat(4)}x${'%{ endfor }'.repeat(4)}"`), UNKNOWN],
    [
      'exponential splats',
      `${locals(40, '[{ a = [1, 2] }]', (name) => `[{ a = ${name} }, { a = ${name} }]`)}${input('local.l40[*].a[*]')}`,
      UNKNOWN,
    ],
    [
      'sets of sets',
      locals(30, '[1]', (name) => `toset([${name}, [${name}]])`) + input('length(local.l30)'),
      undefined,
    ],
    [
      'objects that merge into each other',
      locals(60, '{ a = 1 }', (name) => `merge(${name}, { b = [${name}, ${name}] })`) + input('local.l60'),
      UNKNOWN,
    ],
    ['a local that is itself', `locals {\n  a = [local.a]\n}\n${input('local.a')}`, ERROR],
    ['a resource that is itself', 'resource "terraform_data" "x" {\n  input = terraform_data.x.input\n}\n', ERROR],
    [
      'resources in a ring by their counts',
      'resource "terraform_data" "x" {\n  input = length(terraform_data.y)\n}\nresource "terraform_data" "y" {\n  count = length(terraform_data.z)\n}\nresource "terraform_data" "z" {\n  count = length(terraform_data.y)\n}\n',
      ERROR,
    ],
    ['a pattern of nested choices', input(`regex("^(a|a|b)*$", "${'a'.repeat(20_000)}c")`), ERROR],
    ['a pattern with a huge count', input('regex("a{1000000}", "a")'), ERROR],
    [
      'a replacement that grows',
      input(
        'replace(replace(replace(replace("aaaaaaaaaaaaaaaaaaaa", "a", format("%1000s", "b")), "/ /", "cc"), "c", "dddddddddd"), "d", "eeeeeeeeee")',
      ),
      UNKNOWN,
    ],
    ['a template of the machine', input('templatefile("/etc/passwd", {})'), UNKNOWN],
    ['files of the machine', input('fileset("/etc", "*")'), UNKNOWN],
    ['a hash of a file above the tree', input('filesha256("../../x")'), UNKNOWN],
    ['the home of somebody', input('file(pathexpand("~/.ssh/id_rsa"))'), UNKNOWN],
    ['powers of powers', input('pow(10, 1000000000)'), undefined],
    ['locals in a ring', `locals {\n  a = local.b\n  b = local.a\n}\n${input('local.a')}`, ERROR],
    ['a file of the machine', input('file("/etc/passwd")'), UNKNOWN],
    ['a file above the tree', input('file("../../../../etc/passwd")'), UNKNOWN],
    ['names of the prototype', input('{ a = 1 }.constructor'), ERROR],
  ])('%s', (_, text, expected) => {
    const unit = renderFiles(text)
    const [value] = [...resourceAt(unit, 'terraform_data.x').value.entries.values()]
    // Of some it is enough that they end.
    if (expected === undefined) return
    if (expected === ERROR) expect(value!.value).toMatchObject({ kind: 'unknown', reason: 'evaluation-error' })
    else if (expected === UNKNOWN) {
      expect(value!.value).toMatchObject({
        kind: 'unknown',
        reason: expect.stringMatching('limit-exceeded|outside-tree|runtime-function'),
      })
    } else expect(outcomeOf(text.slice(text.indexOf('input = ') + 8, -3))).toEqual(expected)
  })

  it('keeps choices inside choices small', () => {
    const text = `variable "a" {}\n${locals(40, 'var.a ? 1 : 2', (name) => `var.a ? { x = ${name} } : { y = ${name} }`)}`
    expect(JSON.stringify(jsonOf('local.l40', text)).length).toBeLessThan(1_000_000)
  })

  it('names keys of the prototype like any other', () => {
    expect(JSON.stringify(jsonOf('{ __proto__ = 1, constructor = 2 }'))).toBe('{"__proto__":1,"constructor":2}')
  })

  it('stops templates that render themselves', () => {
    const text = '${templatefile("t.tpl", {})}${templatefile("t.tpl", {})}'
    expect(outcomeOf('templatefile("t.tpl", {})', '', { 't.tpl': text })).toBe(UNKNOWN)
  })
})

describe('modules and instances', { timeout: TIME }, () => {
  it('bounds modules that multiply', () => {
    const module = (i: number) =>
      `module "a" {\n  source = "../m${i + 1}"\n  count = 2\n}\nmodule "b" {\n  source = "../m${i + 1}"\n}\nresource "azurerm_x" "x" {}\n`
    const files = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`m${i}/main.tf`, module(i)]))
    const unit = renderFiles(files, 'm0')
    expect(unit.resources.length).toBeLessThanOrEqual(100_000)
    expect(unit.problems.some(({ code }) => code === 'limit-exceeded')).toBe(true)
  })

  it.each([
    ['itself', { 'main.tf': 'module "a" {\n  source = "./"\n}\n' }],
    [
      'one that calls it',
      { 'main.tf': 'module "a" {\n  source = "./b"\n}\n', 'b/main.tf': 'module "c" {\n  source = "../"\n}\n' },
    ],
    [
      'one in JSON that calls it',
      {
        'main.tf.json': '{"module": {"a": {"source": "./b"}}}',
        'b/main.tf.json': '{"module": {"c": {"source": "../"}}}',
      },
    ],
  ])('ends where a module calls %s', (_, files: Record<string, string>) => {
    expect(renderFiles(files).problems).toMatchObject([
      { code: 'rejected', message: expect.stringContaining('part of') },
    ])
  })

  it('ends where the inputs and outputs of modules go round', () => {
    const unit = renderFiles({
      'main.tf': `module "a" {\n  source = "./m"\n  x = module.b.y\n}\nmodule "b" {\n  source = "./m"\n  x = module.a.y\n}\n${input('module.a.y')}`,
      'm/main.tf': 'variable "x" {}\noutput "y" {\n  value = var.x\n}\n',
    })
    expect(resourceAt(unit, 'terraform_data.x').value.entries.get('input')!.value).toMatchObject({
      reason: 'evaluation-error',
    })
  })

  it.each(['../../x', './../../x', '/etc', './a/../../..', 'a/../../b'])(
    'follows no module out of the tree: %s',
    (source) => {
      const unit = renderFiles({ 'root/main.tf': `module "a" {\n  source = "${source}"\n}\n` }, 'root')
      expect(unit.problems).toMatchObject([{ code: 'not-followed' }])
      expect(unit.unit.files).toEqual(['root/main.tf'])
    },
  )

  it('follows no folder of a manifest of modules out of the tree', () => {
    const manifest = JSON.stringify({
      Modules: [
        { Key: 'a', Dir: '../../../etc' },
        { Key: '__proto__', Dir: 'x' },
      ],
    })
    const unit = renderFiles({
      'main.tf': 'module "a" {\n  source = "x/y/z"\n}\n',
      '.terraform/modules/modules.json': manifest,
    })
    expect(unit.problems).toMatchObject([{ code: 'not-followed' }])
  })

  it('reads no link', () => {
    const tree = treeOf({ 'main.tf': input('file("secret")') })
    const link: TreeEntry = { path: 'secret', kind: 'symlink', id: 'l' }
    const module: TreeEntry = { path: 'linked.tf', kind: 'symlink', id: 'm' }
    const linked: Tree = {
      ...tree,
      entries: [...tree.entries, link, module],
      entry: (path) => (path === 'secret' ? link : path === 'linked.tf' ? module : tree.entry(path)),
      read: (path) =>
        path === 'main.tf' ? tree.read(path) : { ok: false, reason: 'symlink', message: `${path} is a link` },
    }
    const unit = terraform.render(linked, { kind: 'terraform', path: '.', inputs: [] }, new ParseCache())
    const value = resourceAt(unit, 'terraform_data.x').value.entries.get('input')!.value
    expect(value.kind).toBe('unknown')
    expect(unit.unit.files).not.toContain('linked.tf')
  })

  it.each([
    ['for_each', `for_each = toset([for i in range(1024): "k\${i}"])`, 1024],
    ['a list of 100,000', `count = length([${'0,'.repeat(MANY)}])`, 1],
    [
      'a map of 100,000',
      `for_each = { for i in [${Array.from({ length: MANY }, (_, i) => i).join(',')}] : "k\${i}" => i }`,
      1,
    ],
  ])('bounds the instances of %s', (_, argument, most) => {
    const unit = renderFiles(`resource "azurerm_x" "x" {\n  ${argument}\n}\n`)
    expect(unit.resources.length).toBeLessThanOrEqual(most)
    expect(unit.resources.length).toBeGreaterThan(0)
  })

  it('reads 100,000 dynamic blocks once each', () => {
    const items = Array.from({ length: MANY }, (_, i) => i).join(',')
    const unit = renderFiles(
      `resource "azurerm_x" "x" {\n  dynamic "b" {\n    for_each = [${items}]\n    content {\n      n = b.value\n    }\n  }\n}\n`,
    )
    const { value } = resourceAt(unit, 'azurerm_x.x').value.entries.get('b')!
    expect(value.kind === 'list' ? value.items.length : value.kind).toBe(MANY)
  })

  it('does not count to a billion', () => {
    const unit = renderFiles('resource "azurerm_x" "x" {\n  count = 1000000000\n  name  = "x${count.index}"\n}\n')
    expect(unit.resources.map(({ address, maybe }) => [address, maybe?.reason])).toEqual([
      ['azurerm_x.x[*]', 'limit-exceeded'],
    ])
  })
})
