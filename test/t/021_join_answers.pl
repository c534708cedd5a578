# Answers that no upstream should give, by the thousand: whatever comes, the result is JSON, it has the query's shape, and nothing shows that was not
# asked for.   SEED=n and ROUNDS=n choose what is tried.

use RemoteRel::Test;

my $seed   = $ENV{SEED}   // 1;
my $rounds = $ENV{ROUNDS} // 1500;
srand $seed;
note("SEED=$seed");

my $yoga   = start_remote('yoga');
my $faulty = start_remote('faulty', '--upstream', $yoga->url);
my $node   = start_node();
$node->safe_psql('postgres', <<'SQL');
CREATE TABLE users (id int PRIMARY KEY, auth0_id text);
INSERT INTO users SELECT i, 'auth0|' || i FROM generate_series(1, 3) AS i;
SQL
add_remote($node, auth0 => $faulty->url);
$node->safe_psql('postgres', <<'SQL');
SELECT remote_rel.create_remote_relationship('users', 'one', 'auth0', '{"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}');
SELECT remote_rel.create_remote_relationship('users', 'member', 'auth0', '{"directory": {"field": {"region": {"arguments": {"code": "DE"}, "field": {"member": {"arguments": {"auth0_id": "$auth0_id"}}}}}}}');
SELECT remote_rel.create_remote_relationship('users', 'heads', 'auth0', '{"directory": {"field": {"region": {"arguments": {"code": "$auth0_id"}, "field": {"offices": {"field": {"head": {}}}}}}}}');
SELECT remote_rel.create_remote_relationship('users', 'listed', 'auth0', '{"profiles": {"arguments": {"ids": "$auth0_id"}}}', batch => '{"id": "$auth0_id"}');
SELECT remote_rel.create_remote_relationship('users', 'all', 'auth0', '{"profiles": {"arguments": {"ids": "$auth0_id"}}}', batch => '{"id": "$auth0_id"}', relationship_type => 'array');
SELECT remote_rel.create_remote_relationship('users', 'entity', 'auth0', '{"_entities": {"arguments": {"representations": [{"__typename": "Profile", "id": "$auth0_id"}]}}}', batch => '"position"');
SELECT remote_rel.create_remote_relationship('users', 'node', 'auth0', '{"node": {"arguments": {"id": "$auth0_id"}}}');
SELECT remote_rel.create_remote_relationship('users', 'found', 'auth0', '{"search": {"arguments": {"text": "$auth0_id"}}}');
SELECT remote_rel.metadata('{"type": "create_remote_schema_remote_relationship", "args": {"remote_schema": "auth0", "type_name": "Profile", "name": "again",
    "definition": {"to_remote_schema": {"remote_schema": "auth0", "lhs_fields": ["auth0_id"], "remote_field": {"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}}}}}');
SELECT remote_rel.metadata('{"type": "create_remote_schema_remote_relationship", "args": {"remote_schema": "auth0", "type_name": "Profile", "name": "user",
    "definition": {"to_source": {"source": "default", "relationship_type": "object", "table": "users", "field_mapping": {"auth0_id": "auth0_id"}}}}}');
SQL

my $fields = 'id nickname access logins(first: 2) { at ip } company { name } friends { id name }';
my @queries = (
	(map { "{ users(order_by: {id: asc}) { id $_ { $fields } } }" } qw(one member heads listed all entity)),
	'{ users(order_by: {id: asc}) { id node { id ... on Profile { nickname logins { at } } ... on Company { name } } } }',
	'{ users(order_by: {id: asc}) { id found { __typename ... on Named { name } ... on Profile { friends { id } } ... on Product { title } } } }',
	'{ users(order_by: {id: asc}) { id one { nickname again { nickname } user { id } } } }',
	"{ auth0(auth0_id: \"auth0|1\") { $fields } a: node(id: \"x\") { id ... on Profile { friends { name } } } matrix counter users { id } }",
);

# the selection as a tree of the response keys that may show
sub keys_of
{
	my ($text) = @_;

	(my $plain = $text) =~ s/\((?:[^()]|\([^()]*\))*\)//g;
	my @tokens = $plain =~ /\{|\}|\.\.\.|[\w:]+/g;
	my (@stack, $last) = ({});
	while (defined(my $token = shift @tokens))
	{
		if ($token eq '{') { push @stack, $last // $stack[-1] }
		elsif ($token eq '}') { pop @stack; $last = undef }
		elsif ($token eq '...') { splice @tokens, 0, 2; $last = undef }    # on Type: its fields count as the parent's
		else
		{
			my ($key, $alias) = $token =~ /^(\w+)(:?)/;
			shift @tokens if $alias;
			$last = $stack[-1]{$key} //= {};
		}
	}
	return $stack[0];
}

# What shows that must not; undef if all is well. A custom scalar ("at") may be anything.
sub stray
{
	my ($value, $keys, $path) = @_;

	if (ref $value eq 'ARRAY')
	{
		for my $item (@$value) { my $found = stray($item, $keys, "$path\[]"); return $found if $found }
	}
	elsif (ref $value eq 'HASH' && $path !~ /\.at$/)
	{
		for my $key (sort keys %$value)
		{
			return "$path.$key" unless $keys->{$key};
			my $found = stray($value->{$key}, $keys->{$key}, "$path.$key");
			return $found if $found;
		}
	}
	return;
}

# --- answers ---------------------------------------------------------------------------------------------------------

my $SECRET = 'SECRET';
sub pick { return $_[ rand @_ ] }

sub scalar_value
{
	return pick('null', 'true', 'false', '0', '-1', '1.5e300', '12345678901234567890', '"x"', '""', '"auth0|1"', '"auth0|2"', '"\\u0000"', '"\\ud800"', '"\\u0001 1:0\\u0002"', '"ADMIN"', '"Profile"', '"Company"', '"Nothing"');
}

# some value, of things that look like what is asked for
sub any_value
{
	my ($depth) = @_;

	return scalar_value() if $depth <= 0 || rand() < 0.3;
	return '[' . join(',', map { any_value($depth - 1) } 1 .. rand 4) . ']' if rand() < 0.4;
	return '{' . join(',', map { '"' . pick(qw(id nickname access logins at ip company name friends region member members offices head again rr__t rr__k0Profile rr__k1Profile j0 j1 j2 data errors secret_field)) . '":' . any_value($depth - 1) } 1 .. rand 6) . '}';
}

# a proper answer to the shapes above, of which a part is then spoiled
sub profile
{
	my ($n) = @_;

	my @members = ("\"id\":\"auth0|$n\"", '"nickname":"x"', '"access":"ADMIN"', '"logins":[{"at":"t","ip":null}]', '"company":{"name":"c"}', '"friends":[{"id":"1","name":"f"}]');
	@members = reverse @members if rand() < 0.3;
	splice @members, rand @members, 1 if rand() < 0.05;
	push @members, '"' . $SECRET . '":{"' . $SECRET . '":1}' if rand() < 0.2;
	splice @members, rand @members, 0, '"nickname":' . any_value(2) if rand() < 0.05;
	unshift @members, '"rr__t":' . (rand() < 0.9 ? '"Profile"' : pick('"Company"', '"Product"', scalar_value())) if rand() < 0.95;
	unshift @members, '"rr__k0Profile":' . (rand() < 0.95 ? "\"auth0|$n\"" : any_value(1)) if rand() < 0.95;
	return '{' . join(',', @members) . '}';
}

sub wrapped
{
	my ($n, $query) = @_;

	my $value = rand() < 0.9 ? profile($n) : any_value(3);
	my ($kind) = $query =~ /(member|heads|found)/;
	$kind = pick('', qw(member members heads found)) if rand() < 0.05;
	$kind //= '';
	return $value if $kind eq '';
	return "[$value]" if $kind eq 'found';
	return '{"region":{"member":' . $value . '}}' if $kind eq 'member';
	return '{"region":{"members":[' . $value . ',' . profile(1) . ']}}' if $kind eq 'members';
	return '{"region":{"offices":[{"head":' . $value . '}' . pick('', '', ',null', ',{}', ',{"head":null}', ',[]') . ']}}';
}

sub error
{
	my @path = map { pick('"j0"', '"j1"', '"j9"', '0', '1', '-1', '99999999999', '"friends"', '"region"', 'null', '{}') } 1 .. rand 5;
	return pick('{}', 'null', '7', '{"message":7}') if rand() < 0.1;
	return '{"message":"m","path":[' . join(',', @path) . '],"extensions":' . any_value(3) . '}';
}

sub answer
{
	my ($query) = @_;

	my $data;
	my $kind = rand() < 0.1 ? rand : $query =~ /listed|all|entity/ ? 0.7 : $query =~ /users\(/ ? 0 : 0.8;
	if ($kind < 0.5) { $data = '{' . join(',', map { "\"j$_\":" . wrapped($_ + 1, $query) } grep { rand() < 0.98 } 0 .. 2) . '}' }
	elsif ($kind < 0.75) { $data = '{"j0":[' . join(',', map { rand() < 0.95 ? profile($_) : any_value(2) } rand() < 0.5 ? (1 .. 3) : map { 1 + int rand 4 } 1 .. rand 6) . ']}' }
	elsif ($kind < 0.85) { $data = '{"auth0":' . profile(1) . ',"a":' . pick(profile(2), any_value(3)) . ',"matrix":' . pick('[[1],[]]', any_value(3)) . ',"counter":' . pick('1', scalar_value()) . '}' }
	else { $data = any_value(5) }
	my @parts = "\"data\":$data";
	push @parts, '"errors":[' . join(',', map { error() } 1 .. rand 4) . ']' if rand() < 0.2;
	@parts = reverse @parts if rand() < 0.3;
	my $text = '{' . join(',', @parts) . '}';

	# bytes
	if (rand() < 0.25)
	{
		for (1 .. 1 + rand 3)
		{
			my $at   = int rand length $text;
			my $what = int rand 5;
			if    ($what == 0) { substr $text, $at, 1 + rand 5, '' }
			elsif ($what == 1) { substr $text, $at, 1, chr rand 128 }
			elsif ($what == 2) { substr $text, $at, 0, pick('[', ']', '{', '}', ',', ':', '"', '\\', "\x01", "\x011:0\x02", "\n") }
			elsif ($what == 3) { $text = substr $text, 0, $at }
			else { substr $text, $at, 0, substr($text, rand length $text, rand 40) }
			last if length $text < 2;
		}
	}
	return $text;
}

ok(!stray({ users => [ { id => 1, one => { id => 2 } } ] }, keys_of('{ users(a: {b: 1}) { id one { id } } }'), ''), 'the check lets through what was asked for');
is(stray({ users => [ { one => { id => 2, x => 3 } } ] }, keys_of('{ users(a: {b: 1}) { id one { id } } }'), ''), '.users[].one.x', 'and finds what was not');

# --- run -------------------------------------------------------------------------------------------------------------

my $session = session($node);
my ($bad, $whole, $with_errors) = (0, 0, 0);
for my $round (1 .. $rounds)
{
	my $query = pick(@queries);
	my $body  = answer($query);
	my $fault = 'fault=body&body=' . encode_base64url($body);
	my $output = $session->query(sprintf 'SELECT graphql_resolve(%s, headers => %s)', literal($query), literal({ 'x-hasura-fault' => $fault }));
	my $problem;

	if ($session->{stderr} ne '') { $problem = "error: $session->{stderr}" }
	else
	{
		# the server's own parser has the last word on what JSON is; ours wants no lone surrogates
		my $checked = $session->query('SELECT (' . literal($output) . '::json) IS NOT NULL');
		(my $decodable = $output) =~ s/\\u[dD][89a-fA-F][0-9a-fA-F]{2}/?/g;
		my $answer = eval { decode_json($decodable) };
		if ($checked ne 't' || !$answer) { $problem = "no JSON: $output" }
		elsif ($output =~ /[\x00-\x08\x0e-\x1f]/) { $problem = "a raw control byte: $output" }
		elsif (grep { !/^(?:data|errors)$/ } keys %$answer) { $problem = 'another member than data and errors' }
		elsif (!exists $answer->{data}) { $problem = "no data: $output" }
		else
		{
			my $found = stray($answer->{data}, keys_of($query)->{''} // keys_of($query), 'data');
			$problem = "shows $found: $output" if $found;
			$problem = "users are incomplete: $output" if $query =~ /^\{ users/ && @{ $answer->{data}{users} // [] } != 3;
			$answer->{errors} ? $with_errors++ : $whole++;
		}
	}
	next unless $problem;
	fail("round $round");
	diag("$problem\n  query:  $query\n  answer: $body\n  SEED=$seed");
	last if ++$bad >= 10 || $session->{stderr} =~ /terminat|connection|closed/;
}
is($bad, 0, "$rounds answers, seed $seed");
cmp_ok($whole, '>', $rounds / 10, "some of them are right: $whole");
cmp_ok($with_errors, '>', $rounds / 10, "some are not: $with_errors");
is($session->query('SELECT pg_backend_pid()'), $session->pid, 'still the same backend');

sub encode_base64url
{
	require MIME::Base64;
	my $text = MIME::Base64::encode_base64($_[0], '');
	$text =~ tr{+/=}{-_}d;
	return $text;
}

done_testing();
