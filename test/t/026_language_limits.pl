# Documents, schemas, variables and headers made to hurt: each is answered in bounded time and memory, hears the statement's timeout, and leaves the
# session as it was.

use RemoteRel::Test;
use Time::HiRes 'time';

my $node = start_node('log_statement = none', 'max_stack_depth = 6MB');
$node->safe_psql('postgres', 'CREATE TABLE t (id int PRIMARY KEY, n numeric, name text)');
plan skip_all => 'needs /proc' unless -r '/proc/self/status';

# A machine that does other things takes longer; what is quadratic takes minutes.
my $seconds = 20;
my $megabytes = 500;

# What each item makes, n times.
sub many
{
	my ($n, $item) = @_;

	return join ' ', map { $item->($_) } 1 .. $n;
}

sub peak_kb
{
	my ($session) = @_;

	return slurp_file('/proc/' . $session->pid . '/status') =~ /VmHWM:\s+(\d+)/ ? $1 : 0;
}

# The statements are in a file: psql reads its commands slowly when they are long.
sub attack
{
	my ($name, $statement, $pattern) = @_;
	my $session = session($node);
	my $file    = $node->basedir . '/attack.sql';

	open my $handle, '>', $file or die $!;
	print $handle "$statement;\n";
	close $handle;
	$session->query("SELECT remote_rel.validate_schema('type Query { a: Int }'), graphql_resolve('{ t { id } }')");

	my $before = peak_kb($session);
	my $start  = time;
	my $answer = $session->query("\\i $file");
	my $took   = time - $start;
	my $mb     = (peak_kb($session) - $before) / 1024;
	like($answer . $session->{stderr}, $pattern, "$name: the answer");
	cmp_ok($took, '<', $seconds, sprintf '%s: %.2f s', $name, $took);
	cmp_ok($mb, '<', $megabytes, sprintf '%s: %.0f MB', $name, $mb);

	# The timeout is heard wherever it comes: while the text is read, and in what is done with it. What ends before has nothing to hear.
	for my $timeout (map { 1 + int($took * 1000 * $_) } 0.3, 0.7)
	{
		$start = time;
		$session->query("SET statement_timeout = $timeout;\n\\i $file\nRESET statement_timeout");
		my $late = (time - $start) * 1000 - $timeout;
		cmp_ok($late, '<', 300 + 1500, sprintf '%s: a timeout of %d ms is heard after %.0f ms more', $name, $timeout, $late)
		  if $session->{stderr} =~ /canceling statement due to statement timeout/;
	}
	is($session->query("SELECT graphql_resolve('{ t { id } }')"), '{"data":{"t":[]}}', "$name: the next query works");
	$session->quit;
	return;
}

sub schema_attack   { my ($name, $sdl, $pattern) = @_; return attack("schema, $name", 'SELECT left(remote_rel.validate_schema(' . literal($sdl) . ')::text, 200)', $pattern // qr/^\[\]/) }
sub document_attack { my ($name, $document, $pattern) = @_; return attack("document, $name", 'SELECT left(graphql_resolve(' . literal($document) . ')::text, 300)', $pattern // qr/^\{"data"/) }

my $n = 15000;

# --- schemas -----------------------------------------------------------------------------------------------------------

schema_attack('fields of its own type with default values', 'type Query { a(x: A): Int } input A {' . many($n, sub { "f$_[0]: A = {}" }) . '}', qr/Invalid circular reference|are too many/);
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

# --- documents ---------------------------------------------------------------------------------------------------------

document_attack('long unknown field', '{ t { ' . 'x' x 1_000_000 . ' } }', qr/Cannot query field/);
document_attack('many aliases', '{ t {' . many($n, sub { "x$_[0]: id" }) . '} }', qr/^\{"(?:data|errors)"|ERROR/);
document_attack('conflicting aliases', '{ t {' . many($n, sub { "x: id @" . "include(if: true) x: name" }) . '} }', qr/errors/);
document_attack('unknown arguments', '{ t(' . many($n, sub { "a$_[0]: 1" }) . ') { id } }', qr/Unknown argument/);
document_attack('many variables', 'query (' . many($n, sub { "\$v$_[0]: Int" }) . ') { t(where: {id: {_in: [' . many($n, sub { "\$v$_[0]" }) . ']}}) { id } }', qr/data|errors/);
document_attack('a chain of fragments', '{ ...F1 } ' . many($n, sub { my $next = $_[0] + 1; "fragment F$_[0] on query_root { t { id } " . ($next <= $n ? "...F$next" : '') . '}' }), qr/data|errors/);
document_attack('fragments in a circle, again and again', '{ ...F1 } ' . many(10000, sub { my $next = $_[0] % 10000 + 1; "fragment F$_[0] on query_root { t { id } ...F$next ...F1 }" }), qr/within itself/);
document_attack('a directive of its own', '{ t ' . many($n, sub { '@own(a1: 1)' }) . ' { id } } directive @own(' . many($n, sub { "a$_[0]: Int" }) . ') repeatable on FIELD', qr/not executable|aborted/);
document_attack('introspection, again and again', '{' . many(5000, sub { "x$_[0]: __schema { types { name fields { name type { name } } } }" }) . '}', qr/more than \d+ MB|aborted|data/);

# --- variables ---------------------------------------------------------------------------------------------------------

my $numbers = '[' . join(',', ('1e131071') x 15000) . ']';
attack('variables, numbers of 131,072 digits that nothing uses', "SELECT left(graphql_resolve('{ t { id } }', NULL, '{\"v\": $numbers}')::text, 200)", qr/data/);
attack('variables, numbers of 131,072 digits where integers are expected',
	"SELECT left(graphql_resolve('query (\$v: [Int!]) { t(where: {id: {_in: \$v}}) { id } }', NULL, '{\"v\": $numbers}')::text, 300)", qr/Int cannot represent/);
attack('variables, fractions of 16,383 digits', 'SELECT left(graphql_resolve(\'{ t { id } }\', NULL, \'{"v": [' . join(',', ('1e-16383', '0e-16383') x 15000) . ']}\')::text, 200)', qr/data/);
is($node->safe_psql('postgres', q(SELECT graphql_resolve('query ($v: numeric) { t(where: {n: {_eq: $v}}) { id } }', NULL, '{"v": -12345e131060}'))),
	'{"data":{"t":[]}}', 'a large number is still a number');
$node->safe_psql('postgres', q(INSERT INTO t VALUES (1, -12345e5000, 'x')));
is($node->safe_psql('postgres', q(SELECT graphql_resolve('query ($v: numeric) { t(where: {n: {_eq: $v}}) { id } }', NULL, '{"v": -12345e5000}'))),
	'{"data":{"t":[{"id":1}]}}', 'and the same one');
$node->safe_psql('postgres', 'DELETE FROM t');

# --- headers -----------------------------------------------------------------------------------------------------------

for my $prefix ('x-hasura-', 'other-')
{
	attack("30,000 headers $prefix*", "SELECT graphql_resolve('{ t { id } }', headers => '{" . join(',', map { qq("$prefix$_": "1") } 1 .. 30000) . "}')", qr/data/);
}
attack('headers of large numbers', "SELECT graphql_resolve('{ t { id } }', headers => '{" . join(',', map { qq("x-$_": 1e131071) } 1 .. 15000) . "}')", qr/data/);

done_testing();
