# What presets send, byte by byte, wherever they stand; and that no query gets around them.

use RemoteRel::Test;

my $node = start_node();
my $remote = start_remote('presets');

add_remote($node, shelf => $remote->url);
$node->safe_psql('postgres', q{
	CREATE ROLE regress_clerk;
	CREATE ROLE regress_porter;
	SELECT remote_rel.add_remote_schema_permissions('shelf', 'regress_clerk', $$
		directive @tag(name: String) on FIELD
		scalar JSON
		enum Level { LOW MID }
		input Tenant { id: ID @preset(value: "x-hasura-tenant")  region: String  level: Level }
		input Filter { tenant: Tenant  name: String  and: [Filter!]  limit: Int! @preset(value: 3) }
		input Strict { owner: ID! @preset(value: "X-Hasura-User")  name: String!  note: String }
		input Key { id: ID @preset(value: "x-hasura-user") }
		interface Item { label(size: Int @preset(value: 7), unit: String): String  seen(where: Filter): JSON }
		type Box implements Item { id: ID!  label(size: Int @preset(value: 7), unit: String): String  seen(where: Filter): JSON  boxes(where: Filter): [Box!]! }
		type Bag implements Item { label(size: Int @preset(value: 7), unit: String): String  seen(where: Filter): JSON }
		union Thing = Box | Bag
		type Query {
			items: [Item!]!  things: [Thing!]!
			filtered(where: Filter): JSON
			listed(filters: [Filter!]): JSON
			strict(by: Strict): JSON
			keyed(by: Key): JSON
			scoped(where: Tenant!, also: [Tenant!]!): JSON
			levelled(level: Level!): JSON
		}
		type Mutation { save(input: Strict!, where: Filter, level: Level! @preset(value: MID)): JSON }
	$$);
	SELECT remote_rel.add_remote_schema_permissions('shelf', 'regress_porter', $$
		scalar JSON
		input Tenant { region: String }
		input Filter { tenant: Tenant  name: String  and: [Filter!]  limit: Int! }
		type Query { filtered(where: Filter @preset(value: {tenant: {region: "x-hasura-region"}, and: [{name: "x-hasura-user", limit: 1}, {name: "b", limit: 2}]})): JSON }
		type Mutation { remove(id: ID! @preset(value: "x-hasura-user")): JSON }
	$$)});

my %session = ('x-hasura-tenant' => 't1', 'X-HASURA-user' => 'u1', 'x-hasura-region' => 'north');

# The answer's data, and what the remote received: documents and variables; "" for nothing.
sub sent
{
	my ($query, %options) = @_;

	$remote->reset;
	my $answer = resolve($node, $query, role => 'regress_clerk', headers => \%session, %options);
	return ($answer, join "\n", map { "$_->{query} " . encode_json($_->{variables}) } $remote->log);
}

sub sends
{
	my ($name, $query, $document, $variables, $data, %options) = @_;

	my ($answer, $sent) = sent($query, %options);
	is($sent, "$document $variables", "$name: what is sent");
	is(encode_json($answer), qq({"data":$data}), "$name: what is answered");
	return;
}

sub refused
{
	my ($name, $query, $messages, %options) = @_;

	my ($answer, $sent) = sent($query, %options);
	is(join("\n", map { $_->{message} } @{ $answer->{errors} }), $messages, "$name: the errors");
	is($sent, '', "$name: nothing is sent");
	return $answer;
}

# Arguments of fields: through interfaces, unions and objects alike, merged fields included
sends('an argument of fields of objects and of their interface',
	'{ items { label ... on Box { label id } ... on Bag { label } ...I } things { ... on Item { label } ... on Box { boxes { label } } } } fragment I on Item { label seen }',
	'query($rr__p0: Int, $rr__p1: Filter) { items { rr__t: __typename ... on Box { label(size: $rr__p0) id seen(where: $rr__p1) } ... on Bag { label(size: $rr__p0) seen(where: $rr__p1) }'
	  . ' label(size: $rr__p0) seen(where: $rr__p1) } things { rr__t: __typename ... on Box { label(size: $rr__p0) boxes(where: $rr__p1) { label(size: $rr__p0) } } ... on Bag { label(size: $rr__p0) } } }',
	'{"rr__p0":7,"rr__p1":{"limit":3}}',
	'{"items":[{"id":"x1","label":"7 cm","seen":{"where":{"limit":3}}},{"label":"7 cm","seen":{"where":{"limit":3}}}],"things":[{"boxes":[{"label":"7 cm"}],"label":"7 cm"},{"label":"7 cm"}]}');

# An argument that is left out, null, empty or given in part
sends('an optional argument left out, null, or an empty object',
	'query($n: Filter, $m: Filter = null) { a: filtered b: filtered(where: null) c: filtered(where: {}) d: filtered(where: $n) e: filtered(where: $m) }',
	'query($rr__p0: Filter) { a: filtered(where: $rr__p0) b: filtered(where: $rr__p0) c: filtered(where: $rr__p0) d: filtered(where: $rr__p0) e: filtered(where: $rr__p0) }',
	'{"rr__p0":{"limit":3}}',
	'{' . join(',', map { qq("$_":{"where":{"limit":3}}) } 'a' .. 'e') . '}', variables => { n => undef });
sends('a list left out, null or empty',
	'query($f: [Filter!]) { a: listed b: listed(filters: null) c: listed(filters: []) d: listed(filters: $f) }',
	'query($rr__p0: [Filter!]) { a: listed(filters: $rr__p0) b: listed(filters: $rr__p0) c: listed(filters: $rr__p0) d: listed(filters: $rr__p0) }',
	'{"rr__p0":[{"limit":3}]}',
	'{' . join(',', map { qq("$_":{"filters":[{"limit":3}]}) } 'a' .. 'd') . '}', variables => { f => [] });
sends('every depth and every element, in literals',
	'{ filtered(where: {tenant: {}, and: [{name: "a"}, {and: {tenant: {region: "r"}}}]}) listed(filters: [{name: "a"}, {tenant: null}]) }',
	'query($rr__p0: Filter, $rr__p1: [Filter!]) { filtered(where: $rr__p0) listed(filters: $rr__p1) }',
	'{"rr__p0":{"and":[{"limit":3,"name":"a"},{"and":[{"limit":3,"tenant":{"id":"t1","region":"r"}}],"limit":3}],"limit":3,"tenant":{"id":"t1"}},"rr__p1":[{"limit":3,"name":"a"},{"limit":3,"tenant":null}]}',
	'{"filtered":{"where":{"and":[{"limit":3,"name":"a"},{"and":[{"limit":3,"tenant":{"id":"t1","region":"r"}}],"limit":3}],"limit":3,"tenant":{"id":"t1"}}},"listed":{"filters":[{"limit":3,"name":"a"},{"limit":3,"tenant":null}]}}');
sends('every depth and every element, in variables and in literals around them',
	'query($w: Filter, $t: Tenant = {region: "default"}, $f: [Filter!], $e: Filter!, $n: String) { a: filtered(where: $w) b: filtered(where: {tenant: $t, and: $f, name: $n}) c: listed(filters: [$e, {name: $n}]) }',
	'query($rr__p0: Filter, $rr__p1: Filter, $rr__p2: [Filter!]) { a: filtered(where: $rr__p0) b: filtered(where: $rr__p1) c: listed(filters: $rr__p2) }',
	'{"rr__p0":{"and":[{"limit":3,"tenant":{"id":"t1","level":"LOW"}}],"limit":3},"rr__p1":{"and":[{"limit":3}],"limit":3,"tenant":{"id":"t1","region":"default"}},"rr__p2":[{"limit":3,"name":"e"},{"limit":3}]}',
	'{"a":{"where":{"and":[{"limit":3,"tenant":{"id":"t1","level":"LOW"}}],"limit":3}},"b":{"where":{"and":[{"limit":3}],"limit":3,"tenant":{"id":"t1","region":"default"}}},"c":{"filters":[{"limit":3,"name":"e"},{"limit":3}]}}',
	variables => { w => { and => [ { tenant => { level => 'LOW' } } ] }, f => {}, e => { name => 'e' } });

# What the query must and need not give
sends('beside required fields', '{ strict(by: {name: "a"}) }', 'query($rr__p0: Strict) { strict(by: $rr__p0) }', '{"rr__p0":{"name":"a","owner":"u1"}}',
	'{"strict":{"by":{"name":"a","owner":"u1"}}}');
refused('beside required fields, left out', '{ strict }', 'Argument "query_root.strict(by:)" of type "Strict!" is required, but it was not provided.');
refused('beside required fields, null', '{ strict(by: null) }', 'Expected value of non-null type "Strict!" not to be null.');
sends('an input object of which nothing is left', '{ keyed }', 'query($rr__p0: Key) { keyed(by: $rr__p0) }', '{"rr__p0":{"id":"u1"}}', '{"keyed":{"by":{"id":"u1"}}}');
sends('a default with something preset in it gives way', '{ scoped }', 'query($rr__p0: Tenant, $rr__p1: [Tenant!]) { scoped(where: $rr__p0, also: $rr__p1) }',
	'{"rr__p0":{"id":"t1"},"rr__p1":[{"id":"t1"}]}', '{"scoped":{"also":[{"id":"t1"}],"where":{"id":"t1"}}}');
sends('a default that the role cannot see counts all the same', '{ levelled }', 'query { levelled }', '{}', '{"levelled":{"level":"HIGH"}}');
sends('in mutations', 'mutation { save(input: {name: "a"}) b: save(input: {name: "b", note: null}, where: {name: "c"}) }',
	'mutation($rr__p0: Strict!, $rr__p1: Filter, $rr__p2: Level!, $rr__p3: Strict!, $rr__p4: Filter) { save(input: $rr__p0, where: $rr__p1, level: $rr__p2) b: save(input: $rr__p3, where: $rr__p4, level: $rr__p2) }',
	'{"rr__p0":{"name":"a","owner":"u1"},"rr__p1":{"limit":3},"rr__p2":"MID","rr__p3":{"name":"b","note":null,"owner":"u1"},"rr__p4":{"limit":3,"name":"c"}}',
	'{"b":{"input":{"name":"b","note":null,"owner":"u1"},"level":"MID","where":{"limit":3,"name":"c"}},"save":{"input":{"name":"a","owner":"u1"},"level":"MID","where":{"limit":3}}}');
sends('a whole input object with session variables in objects and lists', '{ filtered }', 'query($rr__p0: Filter) { filtered(where: $rr__p0) }',
	'{"rr__p0":{"and":[{"limit":1,"name":"u1"},{"limit":2,"name":"b"}],"limit":10,"tenant":{"region":"north"}}}',
	'{"filtered":{"where":{"and":[{"limit":1,"name":"u1"},{"limit":2,"name":"b"}],"limit":10,"tenant":{"region":"north"}}}}', role => 'regress_porter');
sends('a directive of which the role has a part', '{ levelled @tag(name: "a") }', 'query { levelled @tag(name: "a") }', '{}', '{"levelled":{"level":"HIGH"}}');

# Nothing that is preset or left out can be given, in whatever way, and no error tells that it is there
refused('what is preset, given in literals',
	'{ filtered(where: {limit: 1}) strict(by: {name: "a", owner: "o"}) keyed(by: {id: 1}) items { label(size: 1) } levelled(level: HIGH) scoped(where: {ids: 1}) x: levelled @tag(by: {}) }',
	join "\n",
	'Expected value of type "Filter" not to include unknown field "limit", found: { limit: 1 }.',
	'Expected value of type "Strict" not to include unknown field "owner", found: { name: "a", owner: "o" }.',
	'Unknown argument "by" on field "query_root.keyed".',
	'Unknown argument "size" on field "Item.label".',
	'Value "HIGH" does not exist in "Level" enum.',
	'Expected value of type "Tenant" not to include unknown field "ids", found: { ids: 1 }.',
	'Unknown argument "by" on directive "@tag".');
refused('what is preset, given in variables', 'query($w: Filter) { filtered(where: $w) }',
	'Variable "$w" has invalid value at .and[1].tenant: Expected value of type "Tenant" not to include unknown field "id", found: { id: "other" }.',
	variables => { w => { and => [ {}, { tenant => { id => 'other' } } ] } });
refused('what is preset, given as a default', 'query($w: Filter = {limit: 1}) { filtered(where: $w) }',
	'Expected value of type "Filter" not to include unknown field "limit", found: { limit: 1 }.');
refused('fields that differ only in what is preset', '{ a: filtered a: filtered(where: {tenant: {}}) }',
	'Fields "a" conflict because they have differing arguments. Use different aliases on the fields to fetch both if this was intentional.');
refused('another role\'s fields', '{ items { label } keyed levelled }', join("\n",
	map { qq(Cannot query field "$_" on type "query_root".) } qw(items keyed levelled)), role => 'regress_porter');

# Session variables
sub code { return join ' ', map { $_->{extensions}{code} } @{ shift->{errors} } }
my $answer = refused('a session variable that is missing', '{ filtered }', 'Session variable "x-hasura-user" is missing.', role => 'regress_porter',
	headers => { 'x-hasura-region' => 'north' });
is(code($answer), 'not-found', 'its code');
$answer = refused('one in a mutation: none of the request is sent', 'mutation { a: remove b: remove }', 'Session variable "x-hasura-user" is missing.',
	role => 'regress_porter', headers => {});
is(code($answer), 'not-found', 'its code');
is($answer->{errors}[0]{extensions}{places}, 2, 'and the number of its places');
$node->safe_psql('postgres', q{
	CREATE ROLE regress_typed;
	SELECT remote_rel.add_remote_schema_permissions('shelf', 'regress_typed', $$
		scalar JSON
		enum Level { LOW MID }
		input Filter { limit: Int! @preset(value: "x-hasura-limit")  and: [Filter!] }
		type Bag { label(size: Int, wide: Boolean @preset(value: "x-hasura-wide")): String }
		type Box { id: ID! }
		union Thing = Bag | Box
		type Query { levelled(level: Level! @preset(value: "x-hasura-level")): JSON  filtered(where: Filter): JSON  things: [Thing!]! }
	$$)});
for my $case (
	[ 'levelled', 'level', 'Level', { LOW => '"LOW"', HIGH => undef, low => undef, '' => undef } ],
	[ 'filtered', 'limit', 'Int', { -12 => -12, 2147483648 => undef, '1.5' => undef, 'null' => undef, '[1]' => undef, '' => undef, 'one' => undef, '1 2' => undef } ],
	[ 'things { ... on Bag { label } }', 'wide', 'Boolean', { true => 'true', FALSE => 'false', 1 => undef, yes => undef } ],
  )
{
	my ($field, $variable, $type, $texts) = @$case;

	for my $text (sort keys %$texts)
	{
		my ($got, $sent) = sent("{ $field }", role => 'regress_typed', headers => { "x-hasura-$variable" => $text });

		if (defined $texts->{$text})
		{
			like($sent, qr/\{"rr__p0":(?:\{"limit":)?\Q$texts->{$text}\E\}?\}$/, "\"$text\" as $type is sent");
			ok(!$got->{errors}, '… and answered');
		}
		else
		{
			is($got->{errors}[0]{message}, qq(Session variable "x-hasura-$variable" is no value of type $type.), "\"$text\" is no $type");
			is(code($got) . " $sent", 'coercion-error ', '… and nothing is sent');
		}
	}
}

# A plan is kept, what it sends is not
my $session = session($node);
sub run_as { return $session->query("SELECT graphql_resolve('{ keyed }', 'regress_clerk', headers => '{\"x-hasura-user\": \"$_[0]\"}') #>> '{data,keyed,by,id}'") }
is(join(' ', map { run_as($_) } qw(a b a)), 'a b a', 'the session variable of each call');

done_testing();
