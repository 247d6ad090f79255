import { describe } from 'vitest'
import { denyAll, deployment, documents } from '../../test/manifests.ts'
import { finds, silent } from '../../test/rule-table.ts'
import { hiddenCharacters } from './hidden-characters.ts'

const web = deployment('web')
const policy = denyAll().replace('podSelector: {}', 'podSelector: {matchLabels: {app: web}}')
const deceiving = policy.replace('app: web', 'app: w\u200beb')
const turned = policy.replace('spec:', 'spec: # \u202eyna\u202c')

describe('hidden-characters', () => {
  finds(hiddenCharacters, 'a zero-width space in a selector', {
    base: documents(web, policy),
    head: documents(web, deceiving),
    at: 'app.yaml: podSelector: {matchLabels: {app: w\u200beb}}',
    severity: 'medium',
    says: ['U+200B zero-width space'],
    patched: documents(web, policy),
  })
  finds(hiddenCharacters, 'a comment that reads backwards', {
    base: documents(web, policy),
    head: documents(web, turned),
    at: 'app.yaml: spec: # \u202eyna\u202c',
    says: ['characters that', 'U+202E right-to-left override'],
    patched: documents(web, policy.replace('spec:', 'spec: # yna')),
  })
  finds(hiddenCharacters, 'several lines of one file once', {
    base: documents(web, policy),
    head: documents(web, turned.replace('name: deny-all', 'name: deny-all # \u2066x\u2069')),
    at: 'app.yaml: name: deny-all # \u2066x\u2069',
    says: [/So do 1 more of the file's lines/],
  })

  silent(hiddenCharacters, 'it was so before, and stands elsewhere now', {
    base: { 'a.yaml': documents(web, deceiving) },
    head: { 'b/c.yaml': documents(deceiving, web) },
  })
  silent(hiddenCharacters, 'writing that needs them, and a byte-order mark', {
    head: `\ufeff# 👩‍💻 می‌خواهم ❤️\n${documents(web, policy)}`,
  })
})
