import { expect, test } from 'vitest'
import { createLog } from './workflow-commands.ts'

function printed(print: (log: ReturnType<typeof createLog>) => void): readonly string[] {
  const lines: string[] = []
  print(createLog((line) => lines.push(line)))
  return lines
}

test('what is said holds no command, whatever it quotes', () => {
  const hostile =
    'name\n::set-output name=conclusion::pass\r\n  ::add-mask::x\r##[error]x ##[group]y\u2028::stop-commands::t\u001b[31m'
  const lines = printed((log) => log.info(hostile))
  expect(lines.length).toBeGreaterThan(3)
  for (const line of lines) {
    expect(line).not.toMatch(/[\r\n\u2028]|::|##\[/)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: none may be left
    expect(line).not.toMatch(/[\u0000-\u001f]/)
  }
})

test('an annotation is one line that the runner decodes to what was meant', () => {
  const [line, ...more] = printed((log) =>
    log.annotate({
      level: 'error',
      title: 'high: a, b::c',
      message: '100% open\n::warning::no',
      file: 'a,b:c%.yaml',
      startLine: 3,
      endLine: 4,
    }),
  )
  expect(more).toEqual([])
  expect(line).toBe(
    '::error title=high%3A a%2C b%3A%3Ac,file=a%2Cb%3Ac%25.yaml,line=3,endLine=4::100%25 open%0A::warning::no',
  )
})
