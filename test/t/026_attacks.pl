# What others send, made to hurt: schemas, documents, variables, headers, metadata, and answers of upstreams. Each is sent to a session whose backend
# gets 1 GB at most. Each is answered in bounded time and memory, hears the statement's timeout, and leaves the session as it was.

use RemoteRel::Test;
use MIME::Base64 qw(encode_base64);
use Time::HiRes 'time';

plan skip_all => 'needs /proc' unless -r '/proc/self/status';

# A machine that does other things takes longer; what is quadratic takes minutes.
my $seconds = 20;
my $megabytes = 500;

my $upstream = start_remote('faulty');
my $node     = start_node('log_statement = none', 'max_stack_depth = 6MB', 'jit = off');
my $tree     = 'type Query { tree(id: ID): Tree trees: [Tree] named: [Named!] } interface Named { a: String } type Tree implements Named { a: String b: String tree: Tree }';
$node->safe_psql('postgres', join '', <<"SQL", map { "CREATE TABLE t$_ (id int PRIMARY KEY, key text);\n" } 1 .. 50);
CREATE TABLE t (id int PRIMARY KEY, n numeric, name text);
CREATE TABLE users AS SELECT i AS id, 'key ' || i AS key FROM generate_series(1, 2000) AS i;
CREATE ROLE reader LOGIN;
GRANT SELECT ON users TO reader;
SELECT remote_rel.add_remote_schema('upstream', '{"url": "${\$upstream->url}"}', sdl => '$tree');
SELECT remote_rel.create_remote_relationship('users', 'tree', 'upstream', '{"tree": {"arguments": {"id": "\$key"}}}');
SELECT remote_rel.add_remote_schema_permissions('upstream', 'reader', '$tree');
SQL

# What each item makes, n times.
sub many
{
	my ($n, $item) = @_;

	return join ' ', map { $item->($_) } 1 .. $n;
}

# ---- how each is sent ----

sub status
{
	my ($session, $name) = @_;

	return slurp_file('/proc/' . $session->pid . '/status') =~ /^$name:\s+(\d+)/m ? $1 : 0;
}

# What a sanitizer reserves is more than any limit.
sub limit_memory
{
	my ($session) = @_;

	return if status($session, 'VmSize') > 1 << 30;
	system('prlimit', '--pid=' . $session->pid, '--as=' . (1 << 30)) == 0 or die 'prlimit failed';
	return;
}

# The upstream answers with a body, and a piece behind it so many times, and a tail.
sub answering
{
	my ($body, $repeat, $times, $tail) = @_;
	my $base64url = sub { encode_base64($_[0], '') =~ tr{+/=}{-_}dr };

	return { 'x-hasura-fault' => 'fault=body&body=' . $base64url->($body) . (defined $repeat ? '&repeat=' . $base64url->($repeat) . "&times=$times&tail=" . $base64url->($tail) : '') };
}

sub call
{
	my ($query, %arguments) = @_;

	return 'graphql_resolve(' . join(', ', literal($query), map { "$_ => " . literal($arguments{$_}) } sort keys %arguments) . ')';
}

my $next     = 'SELECT ' . call('{ users(where: {id: {_eq: 1}}) { id tree { a } } }', headers => answering('{"data":{"j0":{"a":"x"}}}'));
my $answered = '{"data":{"users":[{"id":1,"tree":{"a":"x"}}]}}';
my $nheard   = 0;

# The statements are in a file: psql reads its commands slowly when they are long.
sub attack
{
	my ($name, $statement, $pattern, %options) = @_;
	my $session = session($node, user => $options{user});
	my $file    = $node->basedir . '/attack.sql';

	open my $handle, '>', $file or die $!;
	print $handle "$statement;\n";
	close $handle;
	$session->query("$next; SELECT remote_rel.validate_schema('type Query { a: Int }')") unless $options{cold};
	limit_memory($session);

	my $before = status($session, 'VmHWM');
	my $start  = time;
	my $answer = $session->query("\\i $file");
	my $took   = time - $start;
	my $mb     = (status($session, 'VmHWM') - $before) / 1024;
	like($answer . $session->{stderr}, $pattern, "$name: the answer");
	cmp_ok($took, '<', $seconds, sprintf '%s: %.2f s', $name, $took);
	cmp_ok($mb, '<', $options{megabytes} // $megabytes, sprintf '%s: %.0f MB', $name, $mb);

	# The timeout is heard wherever it comes: while the text is read, and in what is done with it. What ends before has nothing to hear.
	for my $timeout (map { 1 + int($took * 1000 * $_) } 0.3, 0.7)
	{
		$start = time;
		$session->query("SET statement_timeout = $timeout;\n\\i $file\nROLLBACK; RESET statement_timeout");
		my $late = (time - $start) * 1000 - $timeout;
		next unless $session->{stderr} =~ /canceling statement due to statement timeout/;
		$nheard++;
		cmp_ok($late, '<', 300 + 1500, sprintf '%s: a timeout of %d ms is heard after %.0f ms more', $name, $timeout, $late);
	}
	is($session->query($next), $answered, "$name: the next query works");
	$session->quit;
	return;
}

sub schema_attack   { my ($name, $sdl, $pattern) = @_; return attack("schema, $name", 'SELECT left(remote_rel.validate_schema(' . literal($sdl) . ')::text, 200)', $pattern // qr/^\[\]/) }
sub document_attack { my ($name, $document, $pattern) = @_; return attack("document, $name", 'SELECT left(' . call($document) . '::text, 300)', $pattern // qr/^\{"data"/) }
sub answer_attack   { my ($name, $document, $headers, $pattern, $length) = @_; return attack("answer, $name", 'SELECT left(' . call($document, headers => $headers) . '::text, ' . ($length // 1000) . ')', $pattern) }

# ---- schemas ----

my $n = 8000;
my $own = 'type Query { a(x: A): Int } input A {' . many($n, sub { "f$_[0]: A = {}" }) . '}';

schema_attack('fields of its own type with default values', $own, qr/Invalid circular reference|are too many/);
attack('schema, the same added', q{BEGIN; SELECT remote_rel.add_remote_schema('own', '{"url": "http://127.0.0.1:1/"}', sdl => } . literal($own) . '); ROLLBACK', qr/Invalid circular reference|takes too much work/);
schema_attack('fields of another type with default values',
	'type Query { a(x: A): Int } input A {' . many($n, sub { "f$_[0]: B = {}" }) . '} input B {' . many($n, sub { "f$_[0]: C = {}" }) . '} input C { x: Int }', qr/^\[\]|are too many/);
schema_attack('a chain of default values', 'type Query { a(x: A1): Int } input A0 { x: Int } ' . many($n, sub { my $before = $_[0] - 1; "input A$_[0] { f: A$before = {} g: A$before = {} }" }), qr/^\[/);
schema_attack('types that lack an interface\'s fields',
	'type Query { a: Int } interface I {' . many($n / 2, sub { "f$_[0]: Int" }) . '} ' . many($n / 2, sub { "type T$_[0] implements I { a: Int }" }), qr/expected but/);
schema_attack('members of a union that are none', 'type Query { a: U } union U = ' . many($n, sub { "| S$_[0]" }) . " " . many($n, sub { "scalar S$_[0]" }), qr/can only include Object/);
schema_attack('a directive\'s arguments', 'type Query { a: Int @d(' . many($n, sub { "a$_[0]: 1" }) . ') } directive @d(' . many($n, sub { "a$_[0]: Int!" }) . ') on FIELD_DEFINITION');
schema_attack('a directive with many arguments, used often',
	'type Query { a: Int ' . many($n, sub { '@d' }) . '} directive @d(' . many($n, sub { "a$_[0]: Int" }) . ') repeatable on FIELD_DEFINITION', qr/^\[/);
schema_attack('one default value repeated', 'type Query { a: Int } input A { a: [Int] = [' . ('1,' x 50000) . '] ' . many($n, sub { 'a: [Int] = [1]' }) . '}', qr/can only be defined once/);
schema_attack('a list of objects that leave out many fields', 'type Query { a(x: [A] = [' . ('{} ' x $n) . ']): Int } input A {' . many($n, sub { "f$_[0]: Int" }) . '}', qr/^\[/);
schema_attack('two long names', 'type Query { a: ' . 'x' x 1_000_000 . ' } type ' . 'x' x 1_000_001 . ' { a: Int }', qr/Unknown type/);
schema_attack('many names much alike', 'type Query {' . many(200, sub { "a$_[0]: " . 'x' x 70 . $_[0] }) . '}' . many($n, sub { 'type ' . 'x' x 70 . "y$_[0] { a: Int }" }), qr/Unknown type/);

# ---- documents ----

document_attack('long unknown field', '{ t { ' . 'x' x 1_000_000 . ' } }', qr/Cannot query field/);
document_attack('many aliases', '{ t {' . many($n, sub { "x$_[0]: id" }) . '} }', qr/^\{"(?:data|errors)"|ERROR/);
document_attack('conflicting aliases', '{ t {' . many($n, sub { "x: id @" . "include(if: true) x: name" }) . '} }', qr/errors/);
document_attack('unknown arguments', '{ t(' . many($n, sub { "a$_[0]: 1" }) . ') { id } }', qr/Unknown argument/);
document_attack('many variables', 'query (' . many($n, sub { "\$v$_[0]: Int" }) . ') { t(where: {id: {_in: [' . many($n, sub { "\$v$_[0]" }) . ']}}) { id } }', qr/data|errors/);
document_attack('a chain of fragments', '{ ...F1 } ' . many($n, sub { my $next = $_[0] + 1; "fragment F$_[0] on query_root { t { id } " . ($next <= $n ? "...F$next" : '') . '}' }), qr/data|errors/);
document_attack('fragments in a circle, again and again', '{ ...F1 } ' . many(10000, sub { my $next = $_[0] % 10000 + 1; "fragment F$_[0] on query_root { t { id } ...F$next ...F1 }" }), qr/within itself/);
document_attack('a directive of its own', '{ t ' . many($n, sub { '@own(a1: 1)' }) . ' { id } } directive @own(' . many($n, sub { "a$_[0]: Int" }) . ') repeatable on FIELD', qr/not executable|aborted/);
document_attack('introspection, again and again', '{' . many(300, sub { "x$_[0]: __schema { types { name fields { name type { name } } } }" }) . '}', qr/more than \d+ MB|aborted|data/);

# ---- variables ----

my $numbers = '[' . join(',', ('1e131071') x 8000) . ']';
attack('variables, numbers of 131,072 digits that nothing uses', "SELECT left(graphql_resolve('{ t { id } }', NULL, '{\"v\": $numbers}')::text, 200)", qr/data/);
attack('variables, numbers of 131,072 digits where integers are expected',
	"SELECT left(graphql_resolve('query (\$v: [Int!]) { t(where: {id: {_in: \$v}}) { id } }', NULL, '{\"v\": $numbers}')::text, 300)", qr/Int cannot represent/);
attack('variables, fractions of 16,383 digits', 'SELECT left(graphql_resolve(\'{ t { id } }\', NULL, \'{"v": [' . join(',', ('1e-16383', '0e-16383') x 8000) . ']}\')::text, 200)', qr/data/);
is($node->safe_psql('postgres', q(SELECT graphql_resolve('query ($v: numeric) { t(where: {n: {_eq: $v}}) { id } }', NULL, '{"v": -12345e131060}'))),
	'{"data":{"t":[]}}', 'a large number is still a number');
$node->safe_psql('postgres', q(INSERT INTO t VALUES (1, -12345e5000, 'x')));
is($node->safe_psql('postgres', q(SELECT graphql_resolve('query ($v: numeric) { t(where: {n: {_eq: $v}}) { id } }', NULL, '{"v": -12345e5000}'))),
	'{"data":{"t":[{"id":1}]}}', 'and the same one');
$node->safe_psql('postgres', 'DELETE FROM t');

# ---- headers ----

for my $prefix ('x-hasura-', 'other-')
{
	attack("30,000 headers $prefix*", "SELECT graphql_resolve('{ t { id } }', headers => '{" . join(',', map { qq("$prefix$_": "1") } 1 .. 30000) . "}')", qr/data/);
}
attack('headers of large numbers', "SELECT graphql_resolve('{ t { id } }', headers => '{" . join(',', map { qq("x-$_": 1e131071) } 1 .. 8000) . "}')", qr/data/);

# ---- answers of upstreams ----

# a level more doubled the time, once
my ($depth, $levels) = (60, {});
my $deep  = '{ tree ' . ('{ a tree ' x $depth) . '{ a b }' . (' }' x $depth) . ' }';
my $right = ('{"a":"v","tree":' x $depth) . '{"a":"v","b":"w"}' . ('}' x $depth);
my %deep  = (
	'one member more' => ('{"x":1,"a":"v","tree":' x $depth) . '{"a":"v","b":"w"}' . ('}' x $depth),
	'another order'   => ('{"tree":' x $depth) . '{"b":"w","a":"v"}' . (',"a":"v"}' x $depth),
	'one more at the end' => ('{"a":"v","tree":' x $depth) . '{"a":"v","b":"w","x":[]}' . (',"x":{}}' x $depth));
answer_attack("$_ at each of $depth levels", $deep, answering("{\"data\":{\"tree\":$deep{$_}}}"), qr/^\{"data":\{"tree":\Q$right\E\}\}$/, 10_000) for sort keys %deep;
answer_attack('20,000 aliases in reverse order', '{ tree { ' . many(20_000, sub { "f$_[0]: a" }) . ' } }',
	answering('{"data":{"tree":{' . join(',', map { "\"f$_\":\"v\"" } reverse 1 .. 20_000) . '}}}'), qr/^\{"data":\{"tree":\{"f1":"v","f2":"v"/);

my $two = '{ users(where: {id: {_lte: 2}}) { id tree { a b } } }';
answer_attack('9 MB of errors', $two, answering('{"data":null,"errors":[{}', ',{}', 3_000_000, ']}'), qr/"data":\{"users":\[\{"id":1,"tree":null\}.*more errors are left out/);
answer_attack('one error of 6 MB', $two, answering('{"data":null,"errors":[{"message":"m","extensions":{"a":["', 'x","', 1_500_000, '"]}}]}'), qr/"message": "m"/);
answer_attack('a message of 6 MB', $two, answering('{"data":null,"errors":[{"message":"', 'lang', 1_500_000, '"}]}'), qr/"message": "langlang/);
answer_attack('a path of 1,500,000', $two, answering('{"data":null,"errors":[{"message":"m","path":["j0"', ',0', 1_500_000, ']}]}'), qr/"message": "m"/);
answer_attack('a list of misfits', '{ named { ... on Tree { a } } }', answering('{"data":{"named":[1', ',1', 1_500_000, ']}}'), qr/^\{"data":\{"named":null/);
answer_attack('lists in lists', '{ trees { a } }', answering('{"data":{"trees":', '[', 1_000_000, ''), qr/"errors":\[\{"message": /);
answer_attack('text that no server can hold', $two, answering('{"data":{"j0":{"a":"a","b":"b"},"j1":null},"errors":[{"message":"', 'a\u0000b', 500_000, '","path":["j1"]}]}'), qr/"id":1,"tree":\{"a":"a","b":"b"\}/);
answer_attack('a header line of 200 kB', $two, { 'x-hasura-fault' => 'fault=header-line&bytes=200000' }, qr/"data":\{"users":\[\{"id":1,"tree":null\}/);
attack('answer, none at all to 2,000 rows', 'SET remote_rel.call_timeout = 500; SET remote_rel.batch_size = 10; SELECT right(' . call('{ users { tree { a } } }', headers => { 'x-hasura-fault' => 'fault=hang' }) . '::text, 500)', qr/call_timeout, 500 ms/);

# ---- metadata ----

sub relationship { my ($i) = @_; return { type => 'create_remote_relationship', args => { table => 't' . ($i % 50 + 1), name => "r$i", definition => { to_remote_schema => { remote_schema => 'upstream', lhs_fields => ['key'], remote_field => { tree => { arguments => { id => '$key' } } } } } } } }
sub bulk { return 'BEGIN; SELECT left(remote_rel.metadata(' . literal({ type => 'bulk', args => [@_] }) . ')::text, 200); ROLLBACK' }

attack('metadata, 2,000 relationships one by one', bulk(map { relationship($_) } 1 .. 2000), qr/^\[\{"message": "success"\}/);
attack('metadata, 400 commands, the first fails', bulk(map { +{ type => 'add_remote_schema', args => { name => "new$_", definition => { url => $upstream->url } } } } 1 .. 400), qr/"error"|ERROR/);

# ---- what is kept ----

attack('constants of a kept plan that do not fit', 'DO $do$ BEGIN FOR i IN 1 .. 300 LOOP PERFORM ' . call('{ t(where: {id: {_eq: ' . '9' x 50 . '}, name: {_eq: "' . 'x' x 100_000 . '"}}) { id } }') . '; END LOOP; END $do$', qr/^$/, megabytes => 30);
my $other = 'type Query { a: A0 } ' . many(300, sub { my $to = $_[0] % 300; "type A$to { a: A$to b(x: [Int!], y: String): String }" });
$node->safe_psql('postgres', <<"SQL");
INSERT INTO remote_rel.remote_schema SELECT 'other' || i, i + 10, format('{"url": "http://127.0.0.1:1/", "customization": {"type_names": {"prefix": "o%1\$s_"}, "root_fields_namespace": "o%1\$s"}}', i)::jsonb,
    NULL, '$other', true FROM generate_series(1, 51) AS i;
SQL
attack('one permission on one of 52 remote schemas', 'SELECT ' . call('{ users(limit: 1) { id } }'), qr/"users":\[\{"id":1\}\]/, user => 'reader', cold => 1, megabytes => 25);

cmp_ok($nheard, '>', 0, "$nheard timeouts were heard");

done_testing();
