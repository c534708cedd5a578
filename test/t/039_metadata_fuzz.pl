# Bodies for remote_rel.metadata() that are made by chance: values, members and bytes of the files of test/metadata changed, exchanged, repeated and
# taken away. Each is answered or refused for a reason of its own, never with an internal error; the session lives on, and its memory stays flat.
#
# Some hundred bodies, always the same. REMOTE_REL_FUZZ: for how many seconds instead. REMOTE_REL_FUZZ_SEED: which bodies; the same seed makes the same ones. A body that was a finding stands in
# test/fuzz/corpus/metadata/, from where it is sent each time.

use RemoteRel::Test;
use Time::HiRes qw(time);
no warnings 'recursion';

my $seconds = $ENV{REMOTE_REL_FUZZ};
my $rounds  = 12;                          # without it
my $seed    = $ENV{REMOTE_REL_FUZZ_SEED} // ($ENV{REMOTE_REL_FUZZ} ? int time : 1);
srand $seed;

# nothing is kept that is not needed, so that growth is seen
my $node = start_node('log_statement = none', "log_min_messages = fatal", q(remote_rel.cache_memory = '1MB'), q(remote_rel.exposed_schemas = 'public, shop'));
$node->safe_psql('postgres', <<'SQL');
CREATE SCHEMA shop;
CREATE TABLE users (id integer PRIMARY KEY, name text, auth0_id text, boss_id integer REFERENCES users);
CREATE TABLE authors (id integer PRIMARY KEY, account text);
CREATE TABLE shop.orders (id integer PRIMARY KEY, user_id integer REFERENCES users, total numeric, author_id integer REFERENCES authors, note text);
CREATE TABLE shop.idle (id integer PRIMARY KEY);
CREATE TABLE level (value text PRIMARY KEY);
INSERT INTO level VALUES ('LOW');
CREATE TABLE articles (id integer PRIMARY KEY, title text, author_id integer REFERENCES authors, published boolean);
CREATE FUNCTION loud(u users) RETURNS text LANGUAGE sql STABLE AS $$ SELECT upper(u.name) $$;
CREATE FUNCTION best_users(session json) RETURNS SETOF users LANGUAGE sql STABLE AS $$ SELECT * FROM users $$;
-- how a body ends; it is rolled back either way
CREATE FUNCTION outcome(body text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM remote_rel.metadata(body::jsonb);
    PERFORM remote_rel.metadata('{"type": "export_metadata", "args": {}}');
    PERFORM remote_rel.metadata('{"type": "get_inconsistent_metadata", "args": {}}');
    PERFORM graphql_resolve('{ __typename }');
    RAISE EXCEPTION USING ERRCODE = 'OK000';
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ' ' || CASE SQLSTATE WHEN 'OK000' THEN '' ELSE SQLERRM END;
END $$;
SQL

my @commands = @{ decode_json(slurp_file('test/metadata/every_command.json'))->{args} };
my @bodies   = (@commands, map { wrapped(decode_json(slurp_file($_))) } glob 'test/metadata/*.json');

# Exports are sent as what replaces all metadata.
sub wrapped
{
	my ($body) = @_;
	$body = { version => 3, sources => [ { name => 'default', kind => 'postgres', tables => $body } ] } if ref $body eq 'ARRAY';
	return $body->{type} ? $body : { type => 'replace_metadata', args => { allow_inconsistent_metadata => JSON::PP::true, metadata => $body } };
}

# ---- mutations ----

my @strange = (
	undef, JSON::PP::true, 0, -1, 1.5, 1e300, 2147483648, '', 'x', '$x', '$id', '__x', 'users', 'default', 'public', 'auth0', '*', "\x{2028}\x{1F600}\"", "\0",
	'query_root', 'x' x 70, "\xE9" x 1000, '{ a }', 'type Query { a: Int }', [], [undef], [[]], [{}], {}, { '' => undef }, { x => 'x' });

sub any { return $_[ rand @_ ] }

# deeper than JSON::PP goes by itself
my $json = JSON::PP->new->utf8->canonical->allow_nonref->max_depth(100_000);
sub copied { return $json->decode($json->encode(shift)) }

# References to all places of a body: where a value stands in its container.
sub places
{
	my ($value, $found) = @_;

	my @keys = ref $value eq 'HASH' ? sort keys %$value : ref $value eq 'ARRAY' ? 0 .. $#$value : ();
	for my $key (@keys)
	{
		push @$found, [ $value, $key ];
		places(ref $value eq 'HASH' ? $value->{$key} : $value->[$key], $found);
	}
	return $found;
}

sub at { my ($in, $key) = @{ $_[0] }; return ref $in eq 'HASH' ? \$in->{$key} : \$in->[$key] }

sub nested
{
	my ($value, $depth) = @_;
	$value = rand 2 < 1 ? [$value] : { any(qw(a args where field arguments _and metadata)) => $value } for 1 .. $depth;
	return $value;
}

sub mutate_value
{
	my ($body) = @_;

	my @places = @{ places($body, []) } or return;
	my $place  = any(@places);
	my $in     = $place->[0];
	my $way    = int rand 8;
	if ($way == 0) { ref $in eq 'HASH' ? delete $in->{ $place->[1] } : splice @$in, $place->[1], 1 }
	elsif ($way == 1) { ${ at($place) } = any(@strange) }
	elsif ($way == 2) { ${ at($place) } = copied(${ at(any(@places)) }) }
	elsif ($way == 3) { my $other = any(@{ places(any(@bodies), []) }); ${ at($place) } = copied(${ at($other) }) }
	elsif ($way == 4) { ${ at($place) } = nested(${ at($place) }, 1 + rand(rand 10 < 1 ? 500 : 4)) }
	elsif ($way == 5 && ref $in eq 'ARRAY') { splice @$in, rand @$in, 0, map { copied($in->[ $place->[1] ]) } 1 .. 1 + rand(rand 10 < 1 ? 200 : 3) }
	elsif ($way == 5) { $in->{ any(qw(name table args x schema type role), '') } = ${ at($place) } }
	elsif ($way == 6 && !ref ${ at($place) }) { ${ at($place) } .= any(@strange[ 7 .. 20 ]) }
	else { ${ at($place) } = { name => ${ at($place) }, schema => any('public', 'shop', undef) } }
	return;
}

my @pieces = (',', qw({ } [ ] : " null true 1e400 -0 \u0000 \ud800 \\ // 1.0 01), "\n", ' ', '{"a":', '"type":"bulk","args":[', "\x{FFFD}");

sub mutate_text
{
	my ($text) = @_;

	for (1 .. 1 + rand 3)
	{
		my $from = int rand(length($text) + 1);
		substr($text, $from, rand 3 < 1 ? int rand 20 : int rand 2) = rand 3 < 1 ? '' : any(@pieces);
	}
	return $text;
}

# A body, as characters. Nobody is asked: each URL is that of a port where nobody listens.
sub random_body
{
	my $body = copied(rand 10 < 1 ? { type => 'bulk', args => [ map { any(@bodies) } 1 .. 1 + rand 5 ] } : any(@bodies));
	mutate_value($body) for 1 .. 1 + rand 4;
	my $text = $json->encode($body);
	utf8::decode($text);
	$text = mutate_text($text) if rand 4 < 1;
	$text =~ s{[a-z]+:\\?/\\?/[^"]*}{http://127.0.0.1:1/graphql}gi;
	$text =~ s/\0//g;
	return $text;
}

# ---- the run ----

sub quoted { my ($text) = @_; utf8::encode($text); return literal($text) }

my ($session, $pid);
my (@internal, %codes);

# Send bodies to metadata in which so many commands have been run before.
sub send_bodies
{
	my ($ncommands, @texts) = @_;

	my $prepare = join '', map { 'DO $do$ BEGIN PERFORM remote_rel.metadata(' . literal($_) . '); EXCEPTION WHEN OTHERS THEN END $do$;' . "\n" } @commands[ 0 .. $ncommands - 1 ];
	# an outcome is one line
	my @outcomes = split /\n/, $session->query("BEGIN;\n$prepare" . join('', map { sprintf "SELECT regexp_replace(outcome(%s), E'\\\\s', ' ', 'g');\n", quoted($_) } @texts) . 'ROLLBACK');
	if (@outcomes != @texts)
	{
		push @internal, "no outcome ($session->{stderr}): $texts[@outcomes]";
		return;
	}
	for my $i (0 .. $#texts)
	{
		my ($code) = $outcomes[$i] =~ /^(\w{5}) /;
		$codes{ $code // '' }++;
		push @internal, "$outcomes[$i]: $texts[$i]" if ($code // 'XX') =~ /^(XX|58|F0)/;
	}
	return;
}

$session = session($node, timeout => ($seconds // 0) + 300);
$session->query('SET client_min_messages = error; SET statement_timeout = 60000');
for my $finding (glob 'test/fuzz/corpus/metadata/*')
{
	my $text = slurp_file($finding);
	utf8::decode($text);
	send_bodies(scalar @commands, $text);
	send_bodies(int @commands / 2, $text);
}

my ($n, $warm, $started) = (0, undef, time);
my $done = sub { my ($part) = @_; return defined $seconds ? time - $started > $part * $seconds : $n >= $part * 50 * $rounds };
until (@internal || ($done->(1) && defined $warm))
{
	send_bodies(int rand @commands + 1, map { random_body() } 1 .. 50);
	$n += 50;
	$warm //= resident_kb($session) if $done->(1 / 3);
}
is_deeply(\@internal, [], "$n bodies with the seed $seed: no internal error");
note join ', ', map { "$_: $codes{$_}" } sort { $codes{$b} <=> $codes{$a} } keys %codes;
cmp_ok($codes{OK000} // 0, '>', $n / 100, 'some are answered');
SKIP:
{
	skip 'the session has ended', 1 if @internal;
	my $hot = resident_kb($session);
	cmp_ok($hot - $warm, '<', 64 * 1024, "memory stays flat ($warm kB after a third, $hot kB at the end)");
}
unlike(slurp_file($node->logfile), qr/PANIC|terminated by signal|TRAP:/, 'the server lives');

done_testing();
