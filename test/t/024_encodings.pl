# Documents in databases that are not in UTF-8: what strings stand for, where errors are, what characters they name.

use RemoteRel::Test;

my $node = start_node();
my $schema = q{'type Query { a(b: String): Int }'};

# The answer of remote_rel.validate_document(), in ASCII: psql's output is in the database's encoding otherwise.
sub validate
{
	my ($database, $document) = @_;

	my $sql = "SELECT remote_rel.validate_document($schema, E'$document')";
	return decode_json($node->safe_psql($database, "SET client_encoding = 'UTF8'; $sql"));
}

for my $encoding (qw(UTF8 LATIN1 EUC_JP))
{
	my $database = lc "in_$encoding";
	$node->safe_psql('postgres', "CREATE DATABASE $database ENCODING '$encoding' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'");
	$node->safe_psql($database, 'CREATE EXTENSION remote_rel');

	is_deeply(validate($database, '{ a(b: "\\\\u00e9") }'), [], "$encoding: an escape that it has a character for");
	my ($error) = @{ validate($database, '{ a(b: "\u00e9\u00e9") c }') };
	is_deeply($error->{locations}, [ { line => 1, column => 14 } ], "$encoding: columns count characters");
	($error) = @{ validate($database, '{ a(b: "\u00e9") \u00e9 }') };
	my $shown = $encoding eq 'UTF8' ? 'U+00E9' : "\"\x{e9}\"";
	is($error->{message}, "Syntax Error: Unexpected character: $shown.", "$encoding: a character out of place");
}

my ($error) = @{ validate('in_latin1', '{ a(b: "\\\\u3042") }') };
is($error->{message}, 'Syntax Error: Unicode escape sequence "\u3042" has no equivalent in encoding LATIN1.', 'LATIN1: no such character');
is_deeply($error->{locations}, [ { line => 1, column => 9 } ], 'LATIN1: and where');
is($node->safe_psql('in_latin1', "SELECT json_array_length(remote_rel.validate_document($schema, E'{ a(b: \"\\\\u{1F600}\") }'))"),
	'1', 'LATIN1: the session goes on');
is_deeply(validate('in_euc_jp', '{ a(b: "\\\\u3042") }'), [], 'EUC_JP: has it');

$node->safe_psql('postgres', "CREATE DATABASE in_sql_ascii ENCODING 'SQL_ASCII' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'");
$node->safe_psql('in_sql_ascii', 'CREATE EXTENSION remote_rel');
is($node->safe_psql('in_sql_ascii', "SET client_encoding = 'UTF8'; SELECT remote_rel.validate_document($schema, E'{ \\xc3\\xa9 }') -> 0 ->> 'message'"),
	qq{Syntax Error: Unexpected character: "\xc3\xa9".}, 'SQL_ASCII: a character is not cut');

done_testing();
