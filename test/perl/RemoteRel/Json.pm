package RemoteRel::Json;

# JSON text as text: the order of keys and the spelling of numbers stay, as they are part of what is tested.

use strict;
use warnings;
use Exporter 'import';

our @EXPORT_OK = qw(pretty same);

my $string = qr/"(?:[^"\\]++|\\.)*+"/s;

# Broken into lines where a line would be longer than $width.
sub pretty
{
	my ($json, $width) = @_;

	my @tokens = $json =~ /$string|[\[\]{},:]|[^\s\[\]{},:"]+/g;
	my ($text) = layout(\@tokens, 0, $width // 100);
	return $text;
}

sub layout
{
	my ($tokens, $indent, $width) = @_;

	my $token = shift @$tokens // return 'nothing';
	return $token unless $token =~ /^[\[{]$/;

	my ($close, @items) = $token eq '[' ? ']' : '}';
	while (@$tokens && $tokens->[0] ne $close)
	{
		my $key = '';
		$key = shift(@$tokens) . ': ', shift @$tokens if $token eq '{';
		push @items, $key . layout($tokens, $indent + 2, $width);
		shift @$tokens if @$tokens && $tokens->[0] eq ',';
	}
	shift @$tokens;

	my $line = $token . join(', ', @items) . $close;
	return $line if $line !~ /\n/ && $indent + length $line <= $width;
	my $pad = ' ' x $indent;
	return "$token\n" . join(",\n", map { "$pad  $_" } @items) . "\n$pad$close";
}

# Whether two texts are the same but for white space; "..." and "…" in the expected one stand for anything.
sub same
{
	my ($got, $expected) = @_;

	my ($pattern, $text) = map { my $t = $_; $t =~ s/\s+//g; $t } $expected, $got;
	$pattern = join '.*', map { quotemeta } split /\.\.\.|\x{2026}|\xe2\x80\xa6/, $pattern, -1;
	return $text =~ /^$pattern$/s;
}

1;
