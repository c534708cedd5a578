# A column that others rename there and back without pause: a query sees one state or the other, never a part of each.

use RemoteRel::Test;

my $queries = $ENV{REMOTE_REL_QUERIES} // 30;
my $node    = start_node('log_statement = none', 'statement_timeout = 0');

$node->safe_psql('postgres', q{
CREATE TABLE other (id int PRIMARY KEY);
CREATE TABLE t (id int PRIMARY KEY, c int);
INSERT INTO other VALUES (1);
INSERT INTO t VALUES (1, 1);
CREATE SEQUENCE renames;
CREATE TABLE seen (answer text);
SELECT remote_rel.metadata('{"type": "create_object_relationship", "args": {"table": "t", "name": "link",
	"using": {"manual_configuration": {"remote_table": "other", "column_mapping": {"c": "id"}}}}}');
});

# Renames until the table go_on is gone, with this between the two.
sub start_renaming
{
	my ($between) = @_;

	$node->safe_psql('postgres', "CREATE TABLE go_on (); SELECT setval('renames', 1)");
	my $writer = session($node);
	$writer->send(qq{DO \$\$ BEGIN WHILE to_regclass('go_on') IS NOT NULL LOOP ALTER TABLE t RENAME c TO d; $between ALTER TABLE t RENAME d TO c; COMMIT;
		PERFORM nextval('renames'); END LOOP; END \$\$});
	wait_until('the column is renamed', sub { $node->safe_psql('postgres', 'SELECT last_value FROM renames') > 3 });
	return $writer;
}

# The different answers to so many queries, each in its own transaction, while the column is renamed ten times at least.
sub answers
{
	my ($reader, $query) = @_;

	$reader->query('TRUNCATE seen');
	$reader->query(sprintf 'DO $$ DECLARE answer text; n int := 0; until bigint := 10 + (SELECT last_value FROM renames); BEGIN
		WHILE n < %d OR until > (SELECT last_value FROM renames) LOOP
			BEGIN answer := graphql_resolve(%s); EXCEPTION WHEN OTHERS THEN answer := SQLSTATE || SQLERRM; END;
			COMMIT;
			INSERT INTO seen SELECT answer WHERE answer NOT IN (SELECT s.answer FROM seen AS s);
			COMMIT;
			n := n + 1;
		END LOOP; END $$', $queries, literal($query));
	return $reader->{stderr} . $reader->query('SELECT answer FROM seen ORDER BY 1');
}

my $reader = session($node);
my $writer = start_renaming('');
for my $isolation ('read committed', 'repeatable read')
{
	$reader->query("SET default_transaction_isolation = '$isolation'");
	is(answers($reader, '{ t { c link { id } } }'), '{"data":{"t":[{"c":1,"link":{"id":1}}]}}', "within one transaction: nobody sees it, $isolation");
}
$node->safe_psql('postgres', 'DROP TABLE go_on');
$writer->wait;
is($writer->{stderr}, '', 'each time');

$writer = start_renaming('COMMIT;');
for my $isolation ('read committed', 'repeatable read')
{
	$reader->query("SET default_transaction_isolation = '$isolation'");
	is(answers($reader, '{ t { link { id } } }'), '{"data":{"t":[{"link":{"id":1}}]}}', "in two: a relationship by the column goes on, $isolation");
	like(answers($reader, '{ t { c link { id } } }'), qr/^(?:\Q{"data":{"t":[{"c":1,"link":{"id":1}}]}}\E\n?|\{"errors":\[\{"message": "Cannot query field \\"c\\"[^\n]*\n?)+$/,
		"and the column is there or not, $isolation");
}
$node->safe_psql('postgres', 'DROP TABLE go_on');
$writer->wait;
is($writer->{stderr}, '', 'each time');

done_testing();
