// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the interpolation is that of Bicep

/** Bicep expression (null: not of that language), the same in ARM, and what the documentation says it gives. */
export type Row = readonly [bicep: string | null, arm: string | null, expected: unknown]

/** learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-array and its Bicep twin */
export const ARRAYS: readonly Row[] = [
  ["array('a')", "array('a')", ['a']],
  ['array({ a: 1 })', "array(createObject('a', 1))", [{ a: 1 }]],
  ['array([1])', 'array(createArray(1))', [1]],
  ["concat(['a'], ['b', 'c'])", "concat(createArray('a'), createArray('b', 'c'))", ['a', 'b', 'c']],
  ["concat('a', 'b', 'c')", "concat('a', 'b', 'c')", 'abc'],
  ["contains(['one', 'two'], 'two')", "contains(createArray('one', 'two'), 'two')", true],
  ["contains(['one', 'two'], 'Two')", "contains(createArray('one', 'two'), 'Two')", false],
  ["contains('OneTwo', 'Two')", "contains('OneTwo', 'Two')", true],
  ["contains('OneTwo', 'two')", "contains('OneTwo', 'two')", false],
  ["contains({ a: 1 }, 'A')", "contains(createObject('a', 1), 'A')", true],
  ['empty([])', 'empty(createArray())', true],
  ['empty({})', 'empty(createObject())', true],
  ["empty('')", "empty('')", true],
  ['empty(null)', 'empty(null())', true],
  ['empty([0])', 'empty(createArray(0))', false],
  ["first(['a', 'b'])", "first(createArray('a', 'b'))", 'a'],
  ["first('One Two')", "first('One Two')", 'O'],
  ['first([])', 'first(createArray())', null],
  ["last(['a', 'b'])", "last(createArray('a', 'b'))", 'b'],
  ["last('One Two')", "last('One Two')", 'o'],
  ["last('')", "last('')", ''],
  ["distinct(['a', 'b', 'a'])", "distinct(createArray('a', 'b', 'a'))", ['a', 'b']],
  ['flatten([[1], [2, [3]]])', 'flatten(createArray(createArray(1), createArray(2, createArray(3))))', [1, 2, [3]]],
  ["indexOf('abcdef', 'CD')", "indexOf('abcdef', 'CD')", 2],
  ["indexOf(['a', 'b', 'a'], 'a')", "indexOf(createArray('a', 'b', 'a'), 'a')", 0],
  ["lastIndexOf(['a', 'b', 'a'], 'a')", "lastIndexOf(createArray('a', 'b', 'a'), 'a')", 2],
  ["lastIndexOf('abcabc', 'x')", "lastIndexOf('abcabc', 'x')", -1],
  ['intersection([1, 2, 3], [3, 2, 4])', 'intersection(createArray(1, 2, 3), createArray(3, 2, 4))', [2, 3]],
  [
    "intersection({ one: 'a', two: 'b' }, { one: 'a', two: 'c' })",
    "intersection(createObject('one', 'a', 'two', 'b'), createObject('one', 'a', 'two', 'c'))",
    { one: 'a' },
  ],
  ["join(['a', 'b'], ';')", "join(createArray('a', 'b'), ';')", 'a;b'],
  ['length([1, 2])', 'length(createArray(1, 2))', 2],
  ["length('four')", "length('four')", 4],
  ['length({ a: 1 })', "length(createObject('a', 1))", 1],
  ['max([0, 3, 2])', 'max(createArray(0, 3, 2))', 3],
  ['max(0, 3, 2)', 'max(0, 3, 2)', 3],
  ['min([0, 3, 2])', 'min(createArray(0, 3, 2))', 0],
  ['min(4, 3)', 'min(4, 3)', 3],
  ['range(5, 3)', 'range(5, 3)', [5, 6, 7]],
  ['range(5, 0)', 'range(5, 0)', []],
  ["skip(['a', 'b', 'c'], 2)", "skip(createArray('a', 'b', 'c'), 2)", ['c']],
  ["skip('one two', 4)", "skip('one two', 4)", 'two'],
  ["take(['a', 'b', 'c'], 2)", "take(createArray('a', 'b', 'c'), 2)", ['a', 'b']],
  ["take('on', 4)", "take('on', 4)", 'on'],
  ['take([1], -1)', 'take(createArray(1), -1)', []],
  ['union([1, 2], [2, 3])', 'union(createArray(1, 2), createArray(2, 3))', [1, 2, 3]],
  [null, 'createArray(1, true())', [1, true]],
  [null, 'tryIndexFromEnd(createArray(1, 2), 3)', null],
  [null, 'indexFromEnd(createArray(1, 2), 1)', 2],
]

/** …/template-functions-object */
export const OBJECTS: readonly Row[] = [
  ['union({ a: { b: 1, c: [1] } }, { a: { c: [2], d: 3 } })', null, { a: { b: 1, c: [2], d: 3 } }],
  [
    'shallowMerge([{ a: { b: 1 } }, { a: { c: 2 } }])',
    "shallowMerge(createArray(createObject('a', createObject('b', 1)), createObject('a', createObject('c', 2))))",
    { a: { c: 2 } },
  ],
  [
    'items({ b: 2, a: 1 })',
    "items(createObject('b', 2, 'a', 1))",
    [
      { key: 'a', value: 1 },
      { key: 'b', value: 2 },
    ],
  ],
  ['objectKeys({ b: 2, a: 1 })', "objectKeys(createObject('b', 2, 'a', 1))", ['a', 'b']],
  ['json(\'{"a": [1, null]}\').a[1]', 'json(\'{"a": [1, null]}\').a[1]', null],
  ["json('null')", "json('null')", null],
  [null, "createObject('a', createArray(), 'b', null())", { a: [], b: null }],
  [null, "tryGet(createObject('a', createObject('b', 1)), 'a', 'c')", null],
  [null, "tryGet(null(), 'a')", null],
  ["{ a: 1 }['A']", "createObject('a', 1)['A']", 1],
  ["{ 'a-b': 1 }['a-b']", "createObject('a-b', 1)['a-b']", 1],
]

/** …/template-functions-string */
export const STRINGS: readonly Row[] = [
  ["base64('one, two')", "base64('one, two')", 'b25lLCB0d28='],
  ["base64ToString('b25l')", "base64ToString('b25l')", 'one'],
  ["base64ToJson('eyJvbmUiOiAiYSJ9').one", "base64ToJson('eyJvbmUiOiAiYSJ9').one", 'a'],
  ["dataUri('Hello')", "dataUri('Hello')", 'data:text/plain;charset=utf8;base64,SGVsbG8='],
  ["dataUriToString('data:;base64,SGVsbG8=')", "dataUriToString('data:;base64,SGVsbG8=')", 'Hello'],
  ["endsWith('abcdef', 'EF')", "endsWith('abcdef', 'EF')", true],
  ["startsWith('abcdef', 'e')", "startsWith('abcdef', 'e')", false],
  [
    "format('{0}, {1}. {2:N0}', 'a', true, 8175133)",
    "format('{0}, {1}. {2:N0}', 'a', true(), 8175133)",
    'a, True. 8,175,133',
  ],
  ["format('{{{0:D3}|{1,4}|{1,-4}}}', 7, 'ab')", "format('{{{0:D3}|{1,4}|{1,-4}}}', 7, 'ab')", '{007|  ab|ab  }'],
  ["format('{0:000} {0:X4}', 255)", "format('{0:000} {0:X4}', 255)", '255 00FF'],
  ["format('{0}', null)", "format('{0}', null())", ''],
  ["guid('a', 'b')", "guid('a', 'b')", '2d796349-8c7e-55ec-9624-54ece82ed031'],
  ["like('abcdef', 'a*c*')", "like('abcdef', 'a*c*')", true],
  ["like('abc**def', '*def')", null, true],
  ["like('', '***')", null, true],
  ["like('a', 'b')", null, false],
  ["like('A', 'a')", null, { $unknown: 'like() of texts that differ in letter case' }],
  ["padLeft('123', 10, '0')", "padLeft('123', 10, '0')", '0000000123'],
  ['padLeft(5, 3)', 'padLeft(5, 3)', '  5'],
  ["replace('123-123', '-', '')", "replace('123-123', '-', '')", '123123'],
  ["split('one,two', ',')", "split('one,two', ',')", ['one', 'two']],
  ["split('one;two,three', [',', ';'])", "split('one;two,three', createArray(',', ';'))", ['one', 'two', 'three']],
  ['string(true)', 'string(true())', 'True'],
  ["string({ a: [true, 'b'] })", "string(createObject('a', createArray(true(), 'b')))", '{"a":[true,"b"]}'],
  ["substring('one two three', 4, 3)", "substring('one two three', 4, 3)", 'two'],
  ["substring('abc', 1)", "substring('abc', 1)", 'bc'],
  ["toLower('One')", "toLower('One')", 'one'],
  ["toUpper('One')", "toUpper('One')", 'ONE'],
  ["trim('  one ')", "trim('  one ')", 'one'],
  // Published results of the real function.
  ["uniqueString('tyeth')", "uniqueString('tyeth')", 'zcztcwvu6iyg6'],
  ["uniqueString('hello', 'world')", "uniqueString('hello', 'world')", 'a7wkljktk6wne'],
  [
    "uri('https://contoso.org/firstpath/myscript.sh', 'myscript.sh')",
    null,
    'https://contoso.org/firstpath/myscript.sh',
  ],
  [
    "uri('https://contoso.org/firstpath/azuredeploy.json/', 'myscript.sh')",
    "uri('https://contoso.org/firstpath/azuredeploy.json/', 'myscript.sh')",
    'https://contoso.org/firstpath/azuredeploy.json/myscript.sh',
  ],
  [
    "uriComponent('http://a.b/c?d=e f(g)')",
    "uriComponent('http://a.b/c?d=e f(g)')",
    'http%3A%2F%2Fa.b%2Fc%3Fd%3De%20f%28g%29',
  ],
  ["uriComponentToString('a%20b')", "uriComponentToString('a%20b')", 'a b'],
]

/** …/template-functions-numeric, -logical, -comparison, -date */
export const SCALARS: readonly Row[] = [
  ['5 + 3', 'add(5, 3)', 8],
  ['7 - 10', 'sub(7, 10)', -3],
  ['5 * 3', 'mul(5, 3)', 15],
  ['8 / 3', 'div(8, 3)', 2],
  ['-8 / 3', 'div(-8, 3)', -2],
  ['7 % 3', 'mod(7, 3)', 1],
  ["int('4')", "int('4')", 4],
  [null, "float('3.5')", 3.5],
  ["bool('true')", "bool('True')", true],
  ['bool(0)', 'bool(0)', false],
  ['!true', 'not(true())', false],
  ['true && false', 'and(true(), false())', false],
  ['false || true', 'or(false(), true())', true],
  [null, 'xor(true(), true())', false],
  ["true ? 'a' : 'b'", "if(true(), 'a', 'b')", 'a'],
  ['1 == 1', 'equals(1, 1)', true],
  ["'a' == 'A'", "equals('a', 'A')", false],
  ["'a' =~ 'A'", null, true],
  ["'a' !~ 'A'", null, false],
  [
    '[1, { a: 2 }] == [1, { a: 2 }]',
    "equals(createArray(1, createObject('a', 2)), createArray(1, createObject('a', 2)))",
    true,
  ],
  ['1 != 2', null, true],
  ['1 < 2', 'less(1, 2)', true],
  ["'a' >= 'b'", "greaterOrEquals('a', 'b')", false],
  ['2 > 2', 'greater(2, 2)', false],
  ['2 <= 2', 'lessOrEquals(2, 2)', true],
  ["null ?? null ?? 'c'", "coalesce(null(), null(), 'c')", 'c'],
  ["dateTimeAdd('2020-04-07T14:53:14Z', 'P3Y')", "dateTimeAdd('2020-04-07T14:53:14Z', 'P3Y')", '2023-04-07T14:53:14Z'],
  ["dateTimeAdd('2020-04-07T14:53:14Z', '-P9DT1H', 'yyyy-MM-dd')", null, '2020-03-29'],
  ["dateTimeAdd('20200407T145314Z', 'PT10M')", null, '20200407T150314Z'],
  ["dateTimeAdd('4/7/2020 2:53:14 PM', 'PT10M')", null, { $unknown: 'the date "4/7/2020 2:53:14 PM" is not read' }],
  ["dateTimeToEpoch('2023-05-02T15:16:13Z')", "dateTimeToEpoch('2023-05-02T15:16:13Z')", 1683040573],
  ['dateTimeFromEpoch(1683040573)', 'dateTimeFromEpoch(1683040573)', '2023-05-02T15:16:13Z'],
  ['environment().suffixes.storage', 'environment().suffixes.storage', 'core.windows.net'],
]

/** …/template-functions-cidr */
export const CIDR: readonly Row[] = [
  [
    "parseCidr('10.144.0.0/20')",
    "parseCidr('10.144.0.0/20')",
    {
      network: '10.144.0.0',
      netmask: '255.255.240.0',
      broadcast: '10.144.15.255',
      firstUsable: '10.144.0.1',
      lastUsable: '10.144.15.254',
      cidr: 20,
    },
  ],
  ["parseCidr('fdad:3236:5555::/48').lastUsable", null, 'fdad:3236:5555:ffff:ffff:ffff:ffff:ffff'],
  ["cidrSubnet('10.144.0.0/20', 24, 15)", "cidrSubnet('10.144.0.0/20', 24, 15)", '10.144.15.0/24'],
  ["cidrSubnet('fdad:3236:5555::/48', 52, 1)", null, 'fdad:3236:5555:1000::/52'],
  ["cidrHost('10.144.3.0/24', 4)", "cidrHost('10.144.3.0/24', 4)", '10.144.3.5'],
  ["cidrHost('fdad:3236:5555:3000::/52', 1)", null, 'fdad:3236:5555:3000::2'],
]

/** …/bicep-functions-lambda and template-functions-lambda */
export const LAMBDAS: readonly Row[] = [
  [
    'filter([1, 5, 3], x => x > 2)',
    "filter(createArray(1, 5, 3), lambda('x', greater(lambdaVariables('x'), 2)))",
    [5, 3],
  ],
  [
    'filter([7, 8], (x, i) => i == 1)',
    "filter(createArray(7, 8), lambda('x', 'i', equals(lambdaVariables('i'), 1)))",
    [8],
  ],
  [
    "map(['a', 'b'], (x, i) => '${x}${i}')",
    "map(createArray('a', 'b'), lambda('x', 'i', format('{0}{1}', lambdaVariables('x'), lambdaVariables('i'))))",
    ['a0', 'b1'],
  ],
  [
    'mapValues({ a: 1 }, x => x + 1)',
    "mapValues(createObject('a', 1), lambda('x', add(lambdaVariables('x'), 1)))",
    { a: 2 },
  ],
  [
    'reduce([1, 2, 3], 10, (sum, x) => sum + x)',
    "reduce(createArray(1, 2, 3), 10, lambda('s', 'x', add(lambdaVariables('s'), lambdaVariables('x'))))",
    16,
  ],
  ['reduce([5, 5], 0, (sum, x, i) => sum + x * i)', null, 5],
  [
    'sort([3, 1, 2], (a, b) => a < b)',
    "sort(createArray(3, 1, 2), lambda('a', 'b', less(lambdaVariables('a'), lambdaVariables('b'))))",
    [1, 2, 3],
  ],
  [
    "toObject(['a', 'b'], x => x)",
    "toObject(createArray('a', 'b'), lambda('x', lambdaVariables('x')))",
    { a: 'a', b: 'b' },
  ],
  ["toObject([{ n: 'a', v: 1 }], x => x.n, x => x.v)", null, { a: 1 }],
  [
    "groupBy(['foo', 'bar', 'baz'], x => substring(x, 0, 1))",
    "groupBy(createArray('foo', 'bar', 'baz'), lambda('x', substring(lambdaVariables('x'), 0, 1)))",
    { f: ['foo'], b: ['bar', 'baz'] },
  ],
  ['map([1], x => map([2], y => x + y))', null, [[3]]],
]

/** …/template-functions-resource: ids, of which the deployment decides only the scope. */
export const IDS: readonly Row[] = [
  ["resourceId('A.B/c', 'n')", "resourceId('A.B/c', 'n')", { $id: 'A.B/c/n' }],
  ["resourceId('A.B/c/d', 'n', 'm')", "resourceId('A.B/c/d', 'n', 'm')", { $id: 'A.B/c/n/d/m' }],
  [
    "resourceId('s', 'g', 'A.B/c', 'n')",
    "resourceId('s', 'g', 'A.B/c', 'n')",
    '/subscriptions/s/resourceGroups/g/providers/A.B/c/n',
  ],
  [
    "subscriptionResourceId('s', 'A.B/c', 'n')",
    "subscriptionResourceId('s', 'A.B/c', 'n')",
    '/subscriptions/s/providers/A.B/c/n',
  ],
  ["subscriptionResourceId('A.B/c', 'n')", "subscriptionResourceId('A.B/c', 'n')", { $id: 'A.B/c/n' }],
  ["tenantResourceId('A.B/c', 'n')", "tenantResourceId('A.B/c', 'n')", '/providers/A.B/c/n'],
  [
    "managementGroupResourceId('m', 'A.B/c', 'n')",
    "managementGroupResourceId('m', 'A.B/c', 'n')",
    '/providers/Microsoft.Management/managementGroups/m/providers/A.B/c/n',
  ],
  [
    "extensionResourceId('/subscriptions/s', 'A.B/c', 'n')",
    "extensionResourceId('/subscriptions/s', 'A.B/c', 'n')",
    '/subscriptions/s/providers/A.B/c/n',
  ],
]

/** The files that {@link FILE_FUNCTIONS} read. */
export const FILES: Readonly<Record<string, string>> = {
  'data/a.json': '{"net": {"ranges": ["10.0.0.0/16", "10.1.0.0/16"]}}',
  'data/b.yaml': 'net:\n  name: hub\n  open: true\n',
  'data/c.txt': 'one\ntwo',
}

/** …/bicep-functions-files, -any, -flow-control and the rest that ARM does not have. */
export const FILE_FUNCTIONS: readonly Row[] = [
  ["loadJsonContent('data/a.json').net.ranges[1]", null, '10.1.0.0/16'],
  ["loadJsonContent('data/a.json', 'net.ranges[0]')", null, '10.0.0.0/16'],
  ["loadJsonContent('data/a.json', '$.net.ranges')", null, ['10.0.0.0/16', '10.1.0.0/16']],
  ["loadYamlContent('data/b.yaml')", null, { net: { name: 'hub', open: true } }],
  ["loadYamlContent('data/b.yaml', 'net.name')", null, 'hub'],
  ["loadTextContent('data/c.txt')", null, 'one\ntwo'],
  ["loadTextContent('./data/c.txt', 'utf-8')", null, 'one\ntwo'],
  ["loadFileAsBase64('data/c.txt')", null, 'b25lCnR3bw=='],
  [
    "loadDirectoryFileInfo('data', '*.json')",
    null,
    [{ baseName: 'a', extension: '.json', relativePath: 'data/a.json' }],
  ],
  ['any({ a: 1 })', null, { a: 1 }],
  ['nameof(probe)', null, 'probe'],
  ['nameof(probe.properties)', null, 'properties'],
]
