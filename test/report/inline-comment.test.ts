import { describe, expect, test } from 'vitest'
import { inlineComment } from '../../src/report/markdown/inline-comment.ts'
import { finding } from './sample.ts'

describe('how a finding can be accepted', () => {
  test.each([
    ['k8s/a.yaml', 'medium', '&#35; ringfence&#58;ignore egress-internet'],
    ['main.bicep', 'low', '// ringfence&#58;ignore egress-internet'],
    ['main.json', 'low', 'A suppression in <code>.github/ringfence.yml</code>'],
    ['k8s/a.yaml', 'high', 'A suppression in <code>.github/ringfence.yml</code>'],
    ['main.bicep', 'critical', 'A suppression in <code>.github/ringfence.yml</code>'],
  ] as const)('in %s at %s', (file, severity, words) => {
    expect(inlineComment(finding({ file, severity }), { suggest: false })).toContain(words)
  })
})

test('the comment at one of several places names the others', () => {
  const others = ['prod', 'staging'].map((state) => ({
    file: `${state}/a.yaml`,
    line: 3,
    endLine: 3,
    states: [state],
    fingerprint: state,
  }))
  const comment = inlineComment(finding({ states: ['dev'] }), { suggest: true, others })
  expect(comment).toContain('(in <code>dev</code>) The same is so in <code>prod</code>, <code>staging</code>.')
})
