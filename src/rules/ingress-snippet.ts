import { get } from '../base/value.ts'
import { removeEntry } from './edit/collection-edit.ts'
import { inPlace } from './edit/one-patch.ts'
import { listNames, verb } from './hits/listing.ts'
import { defineRule } from './rule.ts'

/** Annotations whose text the controller puts into its own configuration. Source: ingress-nginx annotations-risk.md ("Critical"), docs.nginx.com. */
const SNIPPET =
  /^(?:[a-z0-9.-]*nginx\.ingress\.kubernetes\.io\/(?:configuration|server|auth|modsecurity|stream|location)-snippet|nginx\.(?:org|com)\/(?:server|location|http|main|stream)-snippets)$/

export const ingressSnippet = defineRule({
  id: 'ingress-snippet',
  meta: {
    title: 'Ingress puts its own code into the controller',
    severity: 'high',
    concepts: ['ingress-risk'],
    layer: 'ingress',
    why: 'The text becomes configuration of the shared controller: whoever may write an Ingress can read the secrets of the whole cluster with it (CVE-2021-25742).',
    fix: 'Use the annotation made for the purpose, and keep snippets off in the controller.',
    sources: [
      'CVE-2021-25742',
      'https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations-risk/',
    ],
  },

  /** Yields a hit for each Ingress with snippet annotations. */
  *check(view) {
    for (const ingress of view.network.kubernetes.ingresses) {
      const { resource } = ingress
      const keys = [...ingress.annotations.keys()].filter((key) => SNIPPET.test(key))
      const [first] = keys
      if (first === undefined) continue
      const annotations = get(get(resource.value, 'metadata'), 'annotations')
      const metadata = get(resource.value, 'metadata')
      yield {
        resource: resource.address,
        at: ingress.annotationOrigins.get(first) ?? resource.origin,
        subject: view.identity(resource.address),
        extent: keys.length,
        message: `${resource.address} puts code of its own into the shared ingress controller with ${listNames(keys)}: ${verb(keys, 'it runs', 'they run')} with the controller's rights, which include reading secrets of every namespace (CVE-2021-25742). Use the annotation made for the purpose.`,
        decide: 'Which annotation of the controller does what the snippet is for.',
        fix: () => {
          if (annotations?.kind !== 'map' || metadata?.kind !== 'map') return undefined
          const edits =
            annotations.entries.size === keys.length
              ? removeEntry({ map: metadata, key: 'annotations' })
              : keys.flatMap((key) => removeEntry({ map: annotations, key }) ?? [])
          return inPlace(edits, `Takes ${listNames(keys)} out of ${resource.address}.`)
        },
      }
    }
  },

  /** Takes the annotations out. */
  patch: (hit) => hit.fix?.(),
})
