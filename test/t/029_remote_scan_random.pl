# Random queries with remote_value() give the same with Remote Joins and without: a call for each row.
#
# QUERIES=20000 SEED=7 make test PROVE_TESTS=test/t/029_remote_scan_random.pl   for more of them

use RemoteRel::Test;

my $queries = $ENV{QUERIES} // 100;
srand($ENV{SEED} // 1);

my $yoga = start_remote('yoga');
my $node = start_node();
add_remote($node, auth0 => $yoga->url);
$node->safe_psql('postgres', <<'SQL');
CREATE TABLE users (id int, name text, auth0_id text, friend text, team int, PRIMARY KEY (id, team)) PARTITION BY LIST (team);
CREATE TABLE users_0 PARTITION OF users FOR VALUES IN (0);
CREATE TABLE users_1 PARTITION OF users FOR VALUES IN (1, 2);
INSERT INTO users SELECT i, CASE i WHEN 4 THEN 'bad' ELSE 'user ' || i END, CASE i WHEN 3 THEN NULL WHEN 5 THEN 'nobody' ELSE 'auth0|' || i % 4 + 1 END,
    CASE WHEN i <> 6 THEN 'auth0|' || i % 3 + 2 END, i % 3 FROM generate_series(1, 9) AS i;
CREATE TABLE notes (id int PRIMARY KEY, user_id int, body text);
INSERT INTO notes SELECT i, i * 7 % 11, 'note ' || i FROM generate_series(1, 12) AS i;
CREATE VIEW seen WITH (security_barrier) AS SELECT * FROM users WHERE id <> 7;
CREATE FUNCTION people(int) RETURNS SETOF users LANGUAGE plpgsql STABLE AS $$ BEGIN RETURN QUERY SELECT * FROM users WHERE id <= $1 ORDER BY id; END $$;
SELECT remote_rel.create_remote_relationship(t, n, 'auth0', d, batch => b) FROM unnest('{users,seen}'::regclass[]) AS t, (VALUES
    ('profile', '{"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}'::jsonb, NULL::jsonb),
    ('friend_profile', '{"auth0": {"arguments": {"auth0_id": "$friend"}}}', NULL),
    ('listed', '{"profiles": {"arguments": {"ids": "$auth0_id"}}}', '{"auth0_id": "$auth0_id"}')) AS r(n, d, b);
SELECT remote_rel.metadata('{"type": "create_remote_schema_remote_relationship", "args": {"remote_schema": "auth0", "type_name": "Profile", "name": "again",
    "definition": {"to_remote_schema": {"remote_schema": "auth0", "lhs_fields": ["auth0_id"], "remote_field": {"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}}}}}');
ANALYZE;

-- What is wrong with a query; NULL when both ways give the same. Without an order of its own, rows are compared sorted.
CREATE FUNCTION rows_of(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    result text;
BEGIN
    EXECUTE format('SELECT string_agg(r::text, E''\n'' ORDER BY %s) FROM (SELECT row_number() OVER () AS n, q.* FROM (%s) AS q) AS r',
        CASE WHEN query ~ 'ORDER BY \d[^()]*$' THEN 'n' ELSE '(to_jsonb(r) - ''n'')::text' END, query) INTO result;
    RETURN CASE WHEN query ~ 'ORDER BY \d[^()]*$' THEN result ELSE regexp_replace(result, '^\(\d+,', '(', 'gm') END;
END
$$;
CREATE FUNCTION difference(query text, joins int) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    batched text;
    single text;
    line text;
    plan text;
    found int := 0;
BEGIN
    FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
        found := found + (line ~ 'Remote Join')::int;
        plan := concat_ws(E'\n', plan, line);
    END LOOP;
    -- the server offers no such paths where a condition of the join has no columns
    IF found <> joins AND plan !~ 'One-Time Filter' THEN
        RETURN format(E'%s Remote Joins, not %s:\n%s', found, joins, plan);
    END IF;
    batched := rows_of(query);
    PERFORM set_config('remote_rel.enable_remote_join', 'off', true);
    single := rows_of(query);
    PERFORM set_config('remote_rel.enable_remote_join', 'on', true);
    RETURN CASE WHEN batched IS DISTINCT FROM single THEN concat_ws(E'\n', query, 'batched:', batched, 'by row:', single) END;
END
$$;
SQL

sub any { return $_[ rand @_ ] }
sub maybe { return rand() < $_[0] }

my %selection = (
	profile        => [ '{ id access }', '{ id friends(first: 1) { id } access }', '{ access id again { nickname } }' ],
	friend_profile => [ '{ id access }', '{ access id }' ],
	listed         => [ '{ id access }', '{ access id nickname }' ]);

# a call of remote_value() for a row, as the table expression of an alias
sub call
{
	my ($row) = @_;
	my $relationship = any(qw(profile profile friend_profile listed));

	return "remote_rel.remote_value($row, '$relationship', '" . any(@{ $selection{$relationship} }) . "')";
}

# a condition on some of the aliases: u, n local, p, q remote
sub condition
{
	my (@aliases) = @_;
	my $depth = @aliases && ref $aliases[0] ? ${ shift @aliases } : 2;
	my $a = any(@aliases);

	if ($depth > 0 && maybe(0.3))
	{
		my $less = $depth - 1;
		return '(' . condition(\$less, @aliases) . any(' AND ', ' OR ') . condition(\$less, @aliases) . ')';
	}
	return any("u.id > " . int(rand 6), "u.team = " . int(rand 3), "u.name LIKE '%" . int(rand 9) . "'", 'u.auth0_id IS NOT NULL') if $a eq 'u';
	return any('n.id < ' . int(rand 12), "n.body > 'note 3'", 'n.id IS NULL') if $a eq 'n';
	return any("$a.v ->> 'access' = '" . any(qw(ADMIN EDITOR VIEWER)) . "'", "$a.v IS NULL", "$a.v ->> 'id' = u.auth0_id",
		"coalesce($a.v ->> 'access', 'none') <> 'ADMIN'", "length($a.v ->> 'id') = u.team + 6", "NOT ($a.v ->> 'id' > 'auth0|2')",
		"(SELECT count(*) FROM notes AS x WHERE x.user_id::text = right($a.v ->> 'id', 1)) > 0");
}

# FROM with one or two values of u, and what can be said about it
sub source
{
	my ($also) = @_;
	my $table = any('users', 'users', 'seen', 'people(6)');
	my @aliases = ('u');
	my $from    = "$table AS u";
	if (maybe(0.3))
	{
		$from .= any(' JOIN', ' LEFT JOIN') . ' notes AS n ON n.user_id = u.id';
		push @aliases, 'n';
	}
	for my $alias (maybe(0.4) ? ('p', 'q') : 'p')
	{
		my $row = $alias eq 'q' && maybe(0.4) && $table ne 'seen' ? "ROW(1, 'x', p.v ->> 'id', p.v #>> '{friends,0,id}', 0)::users" : 'u';
		my $join = any(', ', ' CROSS JOIN ', ' JOIN ', ' LEFT JOIN ', ' LEFT JOIN ');
		$join = ' CROSS JOIN ' if $join eq ', ';
		my $inner = call($row);
		my $kind = rand();
		if ($kind < 0.5) { $from .= "${join}LATERAL $inner AS $alias(v)" }
		elsif ($kind < 0.75) { $from .= "${join}LATERAL (SELECT coalesce(i.v, '{\"access\": \"none\"}') AS v FROM $inner AS i(v)) AS $alias" }
		else { $from .= "${join}LATERAL (SELECT i.v || jsonb_build_object('team', u.team) AS v FROM $inner AS i(v) WHERE " . any("i.v ->> 'access' <> 'EDITOR'", 'u.id < 6', 'i.v IS NOT NULL') . ") AS $alias" }
		push @aliases, $alias;
		$from .= ' ON ' . any('true', condition(@aliases)) if $join =~ /(?<!CROSS) JOIN/;
	}
	my $count = () = $from =~ /remote_value/g;
	my @where = grep { defined } maybe(0.6) ? condition(@aliases) : undef, $also;
	my $where = @where ? ' WHERE ' . join(' AND ', @where) : '';
	return ($from . $where, $count, @aliases);
}

sub query
{
	my ($from, $count, @aliases) = source();
	my $local  = join ', ', 'u.id', map { $_ eq 'n' ? 'n.id AS note' : () } @aliases;
	my $values = join ', ', map { "$_.v AS ${_}v" } grep { /[pq]/ } @aliases;
	my $last   = any(grep { /[pq]/ } @aliases);
	my $order  = join ', ', 1 .. 1 + grep { $_ ne 'u' } @aliases;
	my $kind   = int rand 12;

	return ("SELECT $local, $values FROM $from", $count) if $kind < 3;
	return ("SELECT $local, $values FROM $from ORDER BY $order", $count) if $kind == 3;
	return ("SELECT $local, $values FROM $from ORDER BY $order LIMIT " . int(rand 6) . ' OFFSET ' . int(rand 3), $count) if $kind == 4;
	return ("SELECT count(*) AS n FROM (SELECT 1 FROM $from LIMIT " . (1 + int rand 5) . ') AS s', $count) if $kind == 5;
	return ("SELECT $last.v ->> 'access' AS access, count(*) AS n, min(u.id) AS least FROM $from GROUP BY 1", $count) if $kind == 6;
	return ("SELECT DISTINCT $last.v AS v FROM $from", $count) if $kind == 7;
	return ("SELECT $local, $values, rank() OVER (PARTITION BY $last.v ->> 'access' ORDER BY u.id) AS place FROM $from", $count) if $kind == 8;
	if ($kind == 9)
	{
		my ($other, $more) = source();
		return ("SELECT u.id, $last.v FROM $from " . any('UNION ALL', 'UNION', 'INTERSECT ALL', 'EXCEPT') . " SELECT u.id, p.v FROM $other", $count + $more);
	}
	# run again and again: below a nested loop with a parameter, and in the select list
	if ($kind == 10)
	{
		($from, $count) = source('u.team = g');
		return ("SELECT g, s.* FROM generate_series(0, 2) AS g, LATERAL (SELECT u.id, p.v FROM $from OFFSET 0) AS s", $count);
	}
	return ("SELECT n2.id, (SELECT max($last.v ->> 'id') FROM $from" . ' HAVING min(u.id) <= n2.id) AS most FROM notes AS n2', $count);
}

my $script = '';
for (1 .. $queries)
{
	my $settings = join ' ', map { "SET LOCAL $_;" } 'remote_rel.batch_size = ' . any(1, 2, 3, 100), 'remote_rel.max_concurrent_requests = ' . any(1, 2, 8), 'work_mem = ' . any(64, 4096),
	  (maybe(0.3) ? 'enable_' . any(qw(hashjoin mergejoin nestloop material sort hashagg)) . ' = off' : ()), (maybe(0.2) ? 'remote_rel.request_cost = ' . any(10, 100000) : ());
	my ($query, $joins) = query();
	$script .= "BEGIN; $settings SELECT difference(" . literal($query) . ", $joins) || E'\\n' || " . literal($settings) . "; ROLLBACK;\n";
}
$node->psql('postgres', $script, stdout => \my $differences, stderr => \my $errors, on_error_stop => 1);
is($errors, '', "$queries random queries");
is($differences =~ s/\n+/\n/gr =~ s/^\n//r, '', 'give the same with Remote Joins and without');
done_testing();
