import { describe, expect, test } from 'vitest'
import { treeOf } from '../../test/parse/tree-of.ts'
import { analyseTree } from '../analyse.ts'
import { SourceText } from '../base/text.ts'
import { EMPTY_CONFIG, parseConfig } from '../config/config.ts'
import { knownValue } from '../model/azure/prop.ts'
import { parseTree } from '../parse/units.ts'

/** Of each state: the cluster that runs its manifests and what tells it, or between which ones nothing tells and why. */
function linksOf(files: Readonly<Record<string, string>>, config?: string): Readonly<Record<string, string>> {
  const read = config === undefined ? EMPTY_CONFIG : parseConfig(new SourceText('ringfence.yml', config)).config
  const nameOf = ({ object }: { object: { name: Parameters<typeof knownValue<string>>[0] } }) => knownValue(object.name)
  return Object.fromEntries(
    analyseTree(parseTree(treeOf(files)), read).map(({ name, link }) => {
      switch (link?.kind) {
        case 'linked':
          return [name, `${nameOf(link.cluster)}${link.reason === undefined ? '' : ` by ${link.reason}`}`]
        case 'several':
          return [name, `? ${link.clusters.map(nameOf).join(' ')}: ${link.reason}`]
        default:
          return [name, 'none']
      }
    }),
  )
}

const web = (name = 'web') =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, namespace: shop, labels: {app: web}}\nspec: {containers: [{name: main, image: a}]}\n`
const cluster = (name: string, label = name) =>
  `resource "azurerm_kubernetes_cluster" "${label.replaceAll('-', '_')}" {\n  name = "${name}"\n}\n`
const flux = (label: string, path: string) => `resource "azurerm_kubernetes_flux_configuration" "${label}" {
  name       = "gitops"
  cluster_id = azurerm_kubernetes_cluster.${label}.id
  kustomizations {
    name = "apps"
    path = "${path}"
  }
}
`
const kustomization = (name: string, path: string) =>
  `apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: ${name}, namespace: flux-system}\nspec: {path: ${path}, sourceRef: {kind: GitRepository, name: repo}}\n`
const application = (path: string, destination: string) =>
  `apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: apps, namespace: argocd}\nspec: {source: {repoURL: a, path: ${path}}, destination: {${destination}}}\n`

const TWO = cluster('aks-blue') + cluster('aks-green')
const ENVIRONMENTS = cluster('aks-shop-dev') + cluster('aks-shop-prod')
const BY_VARIABLE = `variable "name" {}
resource "azurerm_kubernetes_cluster" "a" {
  name = var.name
}
resource "azurerm_resource_group" "a" {
  name = var.name
}
`
const NOTHING = 'no folder, Flux or Argo CD object and no environment tells'

const CASES: readonly {
  readonly title: string
  readonly files: Readonly<Record<string, string>>
  readonly config?: string
  readonly links: Readonly<Record<string, string>>
}[] = [
  {
    title: 'no Azure code',
    files: { 'apps/web.yaml': web() },
    links: { '': 'none' },
  },
  {
    title: 'Azure code without a cluster',
    files: { 'apps/web.yaml': web(), 'infra/main.tf': 'resource "azurerm_virtual_network" "a" { name = "hub" }' },
    links: { '': 'none' },
  },
  {
    title: 'the only cluster',
    files: { 'apps/web.yaml': web(), 'infra/main.tf': cluster('aks-shop') },
    links: { '': 'aks-shop' },
  },
  {
    title: 'a cluster that is only looked up is not made here',
    files: {
      'apps/web.yaml': web(),
      'infra/main.tf': 'data "azurerm_kubernetes_cluster" "a" {\n  name = "aks-other"\n  resource_group_name = "rg"\n}',
    },
    links: { '': 'none' },
  },
  {
    title: 'two clusters and nothing that tells',
    files: { 'apps/web.yaml': web(), 'infra/main.tf': TWO },
    links: { '': `? aks-blue aks-green: ${NOTHING}` },
  },
  {
    title: 'a folder that is called after one of them, whatever its case',
    files: { 'Clusters/AKS-Green/web.yaml': web(), 'infra/main.tf': TWO },
    links: { '': 'aks-green by folder Clusters/AKS-Green' },
  },
  {
    title: 'folders of both in one state',
    files: { 'aks-blue/a.yaml': web('a'), 'aks-green/b.yaml': web('b'), 'infra/main.tf': TWO },
    links: { '': '? aks-blue aks-green: folder aks-blue and folder aks-green are in one state' },
  },
  {
    title: 'a fork whose sides are called after the clusters',
    files: { 'aks-blue/a.yaml': web(), 'aks-green/a.yaml': web(), 'infra/main.tf': TWO },
    links: { 'aks-blue': 'aks-blue by folder aks-blue', 'aks-green': 'aks-green by folder aks-green' },
  },
  {
    title: 'a Flux configuration of azurerm',
    files: { 'apps/one/web.yaml': web(), 'infra/main.tf': TWO + flux('aks_green', './apps/one/') },
    links: { '': 'aks-green by Flux configuration gitops (infra/main.tf:7)' },
  },
  {
    title: 'Flux configurations of two clusters for the same folder',
    files: {
      'apps/web.yaml': web(),
      'infra/main.tf': TWO + flux('aks_green', './apps') + flux('aks_blue', 'apps'),
    },
    links: { '': '? aks-blue aks-green: they apply the same folders' },
  },
  {
    title: 'of a shared folder and one of its own the own one tells',
    files: {
      'apps/web.yaml': web(),
      'extra/dns.yaml': web('dns'),
      'infra/main.tf':
        TWO +
        flux('aks_green', './apps') +
        flux('aks_blue', 'apps') +
        flux('aks_blue', 'extra').replace('"aks_blue"', '"x"'),
    },
    links: { '': 'aks-blue by Flux configuration gitops (infra/main.tf:23)' },
  },
  {
    title: 'a Flux configuration of Bicep',
    files: {
      'gitops/web.yaml': web(),
      'main.bicep': `resource blue 'Microsoft.ContainerService/managedClusters@2024-05-01' = { name: 'aks-blue' }
resource green 'Microsoft.ContainerService/managedClusters@2024-05-01' = { name: 'aks-green' }
resource flux 'Microsoft.KubernetesConfiguration/fluxConfigurations@2023-05-01' = {
  name: 'apps'
  scope: blue
  properties: { kustomizations: { apps: { path: './gitops' } } }
}`,
    },
    links: { '': 'aks-blue by Flux configuration apps (main.bicep:3)' },
  },
  {
    title: 'a Flux configuration of azapi',
    files: {
      'gitops/web.yaml': web(),
      'main.tf': `${TWO}resource "azapi_resource" "flux" {
  type      = "Microsoft.KubernetesConfiguration/fluxConfigurations@2023-05-01"
  name      = "apps"
  parent_id = azurerm_kubernetes_cluster.aks_blue.id
  body      = { properties = { kustomizations = { apps = { path = "gitops" } } } }
}`,
    },
    links: { '': 'aks-blue by Flux configuration apps (main.tf:7)' },
  },
  {
    title: 'Flux Kustomizations, followed from the folder of the cluster',
    files: {
      'clusters/aks-blue/sync.yaml': kustomization('infra', './platform'),
      'platform/apps.yaml': kustomization('apps', './teams'),
      'teams/shop/web.yaml': web(),
      'infra/main.tf': TWO,
    },
    links: { '': 'aks-blue by Flux Kustomization apps (platform/apps.yaml:1)' },
  },
  {
    title: 'Flux Kustomizations that name each other in a circle',
    files: {
      'a/sync.yaml': kustomization('a', './b'),
      'b/sync.yaml': kustomization('b', './a'),
      'b/web.yaml': web(),
      'infra/main.tf': TWO,
    },
    links: { '': `? aks-blue aks-green: ${NOTHING}` },
  },
  {
    title: 'a Flux Kustomization that goes to another cluster says nothing of its own',
    files: {
      'aks-blue/sync.yaml': `${kustomization('apps', './apps')}  `.replace(
        'spec: {',
        'spec: {kubeConfig: {secretRef: {name: x}}, ',
      ),
      'apps/web.yaml': web(),
      'infra/main.tf': TWO,
    },
    links: { '': `? aks-blue aks-green: ${NOTHING}` },
  },
  {
    title: 'an Argo CD application that names the cluster',
    files: {
      'argo/apps.yaml': application('apps', 'name: aks-green, namespace: shop'),
      'apps/web.yaml': web(),
      'infra/main.tf': TWO,
    },
    links: { '': 'aks-green by Argo CD Application apps (argo/apps.yaml:1)' },
  },
  {
    title: 'an Argo CD application with the URL of an API server',
    files: {
      'argo/apps.yaml': application('apps', "server: 'https://aks-green-1a2b3c4d.hcp.westeurope.azmk8s.io:443'"),
      'apps/web.yaml': web(),
      'infra/main.tf': TWO,
    },
    links: { '': 'aks-green by Argo CD Application apps (argo/apps.yaml:1)' },
  },
  {
    title: 'an Argo CD application for its own cluster',
    files: {
      'aks-green/apps.yaml': application('apps', "server: 'https://kubernetes.default.svc'"),
      'apps/web.yaml': web(),
      'infra/main.tf': TWO,
    },
    links: { '': 'aks-green by Argo CD Application apps (aks-green/apps.yaml:1)' },
  },
  {
    title: 'an Argo CD application set with a list',
    files: {
      'argo/apps.yaml': `apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: apps, namespace: argocd}
spec:
  generators:
    - list: {elements: [{cluster: aks-blue, folder: one}, {cluster: aks-green, folder: two}]}
  template:
    spec:
      source: {repoURL: a, path: 'apps/{{folder}}'}
      destination: {name: '{{.cluster}}', namespace: shop}
`,
      'apps/one/web.yaml': web(),
      'apps/two/web.yaml': web(),
      'infra/main.tf': TWO,
    },
    links: {
      one: 'aks-blue by Argo CD ApplicationSet apps (argo/apps.yaml:1)',
      two: 'aks-green by Argo CD ApplicationSet apps (argo/apps.yaml:1)',
    },
  },
  {
    title: 'overlays and clusters of the same environments in one root',
    files: { 'overlays/dev/a.yaml': web(), 'overlays/production/a.yaml': web(), 'infra/main.tf': ENVIRONMENTS },
    links: { dev: 'aks-shop-dev by environment dev', production: 'aks-shop-prod by environment prod' },
  },
  {
    title: 'an environment with two clusters',
    files: {
      'overlays/dev/a.yaml': web(),
      'overlays/prod/a.yaml': web(),
      'infra/main.tf': `${ENVIRONMENTS}${cluster('aks-prod-us')}`,
    },
    links: {
      dev: 'aks-shop-dev by environment dev',
      prod: '? aks-shop-prod aks-prod-us: all are for prod',
    },
  },
  {
    title: 'overlays and variable files of the same environments',
    files: {
      'overlays/dev/a.yaml': web(),
      'overlays/prod/a.yaml': web(),
      'infra/main.tf': BY_VARIABLE,
      'infra/dev.tfvars': 'name = "aks-one"',
      'infra/prod.tfvars': 'name = "aks-two"',
    },
    links: { dev: 'aks-one', prod: 'aks-two' },
  },
  {
    title: 'the only cluster is that of another environment',
    files: { 'overlays/dev/a.yaml': web(), 'overlays/prod/a.yaml': web(), 'infra/main.tf': cluster('aks-dev') },
    links: { dev: 'aks-dev', prod: '? aks-dev: the manifests are for prod, the cluster for dev' },
  },
  {
    title: 'overlays and variable files with nothing in common',
    files: {
      'overlays/red/a.yaml': web(),
      'overlays/blue/a.yaml': web(),
      'infra/main.tf': BY_VARIABLE,
      'infra/east.tfvars': 'name = "aks-one"',
      'infra/west.tfvars': 'name = "aks-two"',
    },
    links: {
      red: '? aks-one: there are several sets of manifests or of Azure code, and infra/east has no name in common with the manifests',
      east: '? aks-one: there are several sets of manifests or of Azure code, and infra/east has no name in common with the manifests',
      west: '? aks-two: there are several sets of manifests or of Azure code, and infra/west has no name in common with the manifests',
    },
  },
  {
    title: 'overlays that are called as the clusters of variable files with other names',
    files: {
      'clusters/red/a.yaml': web(),
      'clusters/blue/a.yaml': web(),
      'infra/main.tf': BY_VARIABLE,
      'infra/east.tfvars': 'name = "blue"',
      'infra/west.tfvars': 'name = "red"',
    },
    links: { red: 'red', blue: 'blue' },
  },
  {
    title: 'overlays that Flux configurations of variable files with other names apply',
    files: {
      'clusters/red/a.yaml': web(),
      'clusters/blue/a.yaml': web(),
      'infra/main.tf': `variable "folder" {}\nvariable "name" {}\nresource "azurerm_kubernetes_cluster" "a" {\n  name = var.name\n}\n${flux('a', `clusters/$${'{var.folder}'}`)}`,
      'infra/east.tfvars': 'folder = "blue"\nname = "aks-1"',
      'infra/west.tfvars': 'folder = "red"\nname = "aks-2"',
    },
    links: { red: 'aks-2', blue: 'aks-1' },
  },
  {
    title: 'the configuration names the cluster of each state',
    files: { 'one/a.yaml': web(), 'two/a.yaml': web(), 'infra/main.tf': TWO },
    config:
      'states:\n- {name: first, paths: [one, infra], cluster: aks-green}\n- {name: second, paths: [two, infra], cluster: aks-blue}\n',
    links: { first: 'aks-green by the configuration', second: 'aks-blue by the configuration' },
  },
  {
    title: 'the configuration names a cluster that is not there',
    files: { 'one/a.yaml': web(), 'infra/main.tf': cluster('aks-blue') },
    config: 'states:\n- {name: first, paths: ["**"], cluster: aks-red}\n',
    links: { first: '? aks-blue: the configuration names aks-red, which 0 clusters are called' },
  },
]

describe('manifests are linked to a cluster', () => {
  test.each(CASES)('$title', ({ files, config, links }) => {
    expect(linksOf(files, config)).toEqual(links)
  })
})
