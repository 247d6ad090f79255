import { parse as parseIndependently } from '@cdktf/hcl2json'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SourceText } from '../../../src/base/text.ts'
import { parseNative } from '../../../src/parse/terraform/parse-body.ts'
import type { Attribute, Block, Body } from '../../../src/parse/terraform/syntax.ts'
import { differsFromJson } from './compare-trees.ts'
import { type Program, programs, withoutPlaces } from './program.ts'

const parse = (text: string) => parseNative(new SourceText('main.tf', text))

describe('the tree of a program', { timeout: 120_000 }, () => {
  it('is that from which the program was written, however it is laid out', () => {
    fc.assert(
      fc.property(programs(), ({ text, body }: Program) => {
        const file = parse(text)
        expect(file.problems).toEqual([])
        expect(bare(file.body)).toEqual(body)
      }),
      { numRuns: 1000 },
    )
  })

  it('says of each expression where its text begins and ends', () => {
    fc.assert(
      fc.property(programs(), ({ text }: Program) => {
        for (const { expression } of attributesOf(parse(text).body)) {
          const own = text.slice(expression.start, expression.end)
          const again = parse(`again = ${own}\n`)
          expect(again.problems).toEqual([])
          expect(withoutPlaces(again.body.attributes[0]!.expression)).toEqual(withoutPlaces(expression))
        }
      }),
      { numRuns: 300 },
    )
  })

  it('is that of an independent parser, to the text of every expression', async () => {
    let compared = 0
    await fc.assert(
      fc.asyncProperty(programs(), async ({ text }: Program) => {
        const json = await read(text)
        if (json === undefined) return
        expect(differsFromJson(parse(text).body, json, text)).toEqual([])
        compared++
      }),
      { numRuns: 400 },
    )
    expect(compared).toBeGreaterThan(200)
  })
})

/** The independent parser evaluates what has no names in it; undefined where that has no value, which is not for a parser to say. */
async function read(text: string): Promise<unknown> {
  try {
    return await parseIndependently('main.tf', text)
  } catch (error) {
    expect(String(error)).toMatch(EVALUATES)
    return undefined
  }
}

const EVALUATES =
  /Invalid operand|Unsuitable value|Incorrect (?:condition|key)|Inconsistent conditional|Invalid template|Null value|Operation failed|Division by zero|Iteration over non-iterable|Invalid index|Unsupported attribute|Function calls not allowed|Incorrect/

function bare({ attributes, blocks }: Body): unknown {
  return {
    attributes: attributes.map(({ name, expression }: Attribute) => ({ name, expression: withoutPlaces(expression) })),
    blocks: blocks.map(({ type, labels, body }: Block) => ({ type, labels, body: bare(body) })),
  }
}

function attributesOf(body: Body): readonly Attribute[] {
  return [...body.attributes, ...body.blocks.flatMap((block) => attributesOf(block.body))]
}
