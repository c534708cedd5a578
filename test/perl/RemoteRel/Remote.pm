package RemoteRel::Remote;

# A server of test/remote/, run by a test on a free loopback port:
#
#   my $yoga = RemoteRel::Remote->start('yoga');
#   $yoga->url                  # http://127.0.0.1:PORT/graphql
#   $yoga->url('?delay=200')    # the same with a query string, or another path if it starts with "/"
#   $yoga->stats                # {requests => 1, operations => 1, resolver_calls => 3, fields => {"Query.auth0" => 3}, …}
#   $yoga->requests             # the first of these
#   $yoga->log                  # list of what was received: {query, operationName, variables, headers, method}
#   $yoga->reset                # all of it back to nothing
#   $yoga->stop; $yoga->start   # gone, and back on the same port
#
# 'faulty' counts in its own way (see faulty.mjs) and keeps no log.
#
# It ends with the object, and with the process that started it, whatever way that ends.

use strict;
use warnings;
use HTTP::Tiny;
use JSON::PP ();

sub start
{
	my ($self, @options) = @_;

	$self = bless { name => shift @options, options => \@options }, $self unless ref $self;

	my @command = ('node', "test/remote/$self->{name}.mjs", '--exit-with-stdin');
	push @command, '--port', $self->{port} if $self->{port};
	push @command, @{ $self->{options} };

	pipe my $its_stdin, $self->{stdin} or die "pipe: $!";
	pipe my $stdout, my $its_stdout or die "pipe: $!";
	my $pid = fork // die "fork: $!";
	if (!$pid)
	{
		$SIG{$_} = 'DEFAULT' for qw(INT TERM HUP);
		# away from the terminal's Ctrl-C: it ends when its owner says so
		setpgrp;
		open STDIN,  '<&', $its_stdin;
		open STDOUT, '>&', $its_stdout;
		close $_ for $self->{stdin}, $stdout;
		no warnings 'exec';
		exec @command or print STDERR "cannot run node: $!\n";
		require POSIX;
		POSIX::_exit(127);
	}
	close $its_stdin;
	close $its_stdout;
	@{$self}{qw(pid owner stdout)} = ($pid, $$, $stdout);

	while (my $line = <$stdout>)
	{
		next unless $line =~ /^listening on (\d+)/;
		$self->{port} = $1;
		return $self;
	}
	die "test/remote/$self->{name}.mjs did not start\n";
}

sub stop
{
	my ($self, $signal) = @_;

	my $pid = delete $self->{pid} or return;
	return if $self->{owner} != $$;
	kill $signal // 'TERM', $pid;
	local ($?, $!);
	waitpid $pid, 0;
	close delete $self->{$_} for qw(stdin stdout);
	return;
}

sub DESTROY { shift->stop }

sub port { return shift->{port} }
sub pid  { return shift->{pid} }

sub url
{
	my ($self, $rest) = @_;

	$rest //= '';
	$rest = "/graphql$rest" unless $rest =~ m{^/};
	return "http://127.0.0.1:$self->{port}$rest";
}

sub ask
{
	my ($self, $method, $path) = @_;

	my $answer = HTTP::Tiny->new(timeout => 30)->request($method, $self->url($path));
	die "$method $path of $self->{name}: $answer->{status} $answer->{content}\n" unless $answer->{success};
	return JSON::PP->new->utf8->decode($answer->{content});
}

sub stats    { return shift->ask(GET  => '/stats') }
sub reset    { return shift->ask(POST => '/reset') }
sub log      { return @{ shift->ask(GET => '/log') } }
sub requests { return shift->stats->{requests} }

1;
