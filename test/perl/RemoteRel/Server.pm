package RemoteRel::Server;

# The program `remote-rel serve`, run by a test on a free loopback port:
#
#   my $server = RemoteRel::Server->start($node, admin_secret => 'x', …);   # settings by their names
#   $server->url('/v1/graphql')
#   my $answer = $server->graphql('{ users { name } }', variables => {…}, headers => {…});   # decoded; {status} beside it
#   my $reply = $server->post('/v2/query', {…}, {headers});     # HTTP::Tiny's answer, with {json}
#   $server->get('/healthz'), $server->request('PUT', …)
#   $server->raw("GET / HTTP/1.1\r\n…")   # what comes back until it closes or $seconds are over
#   $server->log       # lines so far, decoded
#   $server->metric('remote_rel_clients')
#   $server->signal('HUP'); $server->stop
#
# Lists of settings are given as array references. It ends with the object.

use strict;
use warnings;
use HTTP::Tiny;
use IO::Select;
use IO::Socket::INET;
use JSON::PP ();
use POSIX ':sys_wait_h';
use Time::HiRes qw(sleep time);

my $json = JSON::PP->new->utf8->canonical->allow_nonref;
my $count = 0;

sub program { return "$ENV{PG_BINDIR}/remote-rel" }

sub connection_string
{
	my ($node, %parts) = @_;

	return join ' ', $node->connstr($parts{database} // 'postgres'), $parts{user} ? "user=$parts{user}" : ();
}

sub start
{
	my ($class, $node, %settings) = @_;

	my $self = bless { log_file => "$ENV{TESTLOGDIR}/server_" . $$ . '_' . ++$count . '.log', owner => $$ }, $class;
	my @arguments = ('serve');
	$settings{database_url} //= connection_string($node, user => delete $settings{user}) if $node;
	$settings{port} //= 0 unless $settings{unix_socket};
	$settings{connections} //= 8;
	$settings{log_level} //= 'debug';
	for my $name (sort keys %settings)
	{
		(my $option = "--$name") =~ tr/_/-/;
		push @arguments, map { "$option=$_" } ref $settings{$name} ? @{ $settings{$name} } : $settings{$name};
	}
	$self->{arguments} = \@arguments;
	$self->run;
	return $self;
}

# Starts the process; again after stop().
sub run
{
	my ($self) = @_;

	my $pid = fork // die "fork: $!";
	if (!$pid)
	{
		$SIG{$_} = 'DEFAULT' for qw(INT TERM HUP);
		setpgrp;
		open STDIN,  '<',  '/dev/null';
		open STDOUT, '>>', $self->{log_file};
		open STDERR, '>>', $self->{log_file};
		no warnings 'exec';
		exec program(), @{ $self->{arguments} } or POSIX::_exit(127);
	}
	$self->{pid} = $pid;
	my $deadline = time + 30;
	until (grep { $_->{event} eq 'started' && $_->{address} } $self->log)
	{
		if (waitpid($pid, WNOHANG) == $pid)
		{
			delete $self->{pid};
			die "remote-rel did not start: " . $self->log_text . "\n";
		}
		die "remote-rel does not start\n" if time > $deadline;
		sleep 0.02;
	}
	for my $line ($self->log)
	{
		$self->{address} = $line->{address} if $line->{event} eq 'started' && $line->{address};
		$self->{metrics_port} = $line->{port} if $line->{event} eq 'started' && $line->{port};
	}
	($self->{port}) = $self->{address} =~ /:(\d+)$/;
	return $self;
}

sub log_text
{
	my ($self) = @_;

	open my $in, '<', $self->{log_file} or return '';
	local $/;
	return scalar <$in>;
}

sub log { return map { /^\{.*\}$/ ? $json->decode($_) : () } split /\n/, shift->log_text }

sub pid { return shift->{pid} }
sub port { return shift->{port} }

sub url
{
	my ($self, $path) = @_;

	return $self->{address} . ($path // '');
}

sub signal
{
	my ($self, $name) = @_;

	kill $name, $self->{pid};
	return;
}

# Its exit status; waits until it has ended.
sub wait
{
	my ($self) = @_;

	my $pid = delete $self->{pid} or return;
	local $?;
	waitpid $pid, 0;
	return $?;
}

sub stop
{
	my ($self, $signal) = @_;

	return if !$self->{pid} || $self->{owner} != $$;
	kill $signal // 'INT', $self->{pid};
	kill 'INT', $self->{pid} unless $signal;
	return $self->wait;
}

sub DESTROY
{
	my ($self) = @_;

	local ($?, $!, $@);
	$self->stop('KILL');
}

# ---- asking ----

sub request
{
	my ($self, $method, $path, $options) = @_;

	my $reply = HTTP::Tiny->new(timeout => 60, verify_SSL => 0)->request($method, $self->url($path), $options // {});
	$reply->{json} = eval { $json->decode($reply->{content}) };
	return $reply;
}

sub get
{
	my ($self, $path, $headers) = @_;

	return $self->request('GET', $path, { headers => $headers // {} });
}

sub post
{
	my ($self, $path, $body, $headers) = @_;

	return $self->request('POST', $path,
		{ headers => { 'content-type' => 'application/json', %{ $headers // {} } }, content => ref $body ? $json->encode($body) : $body });
}

sub graphql
{
	my ($self, $query, %options) = @_;

	my $headers = delete $options{headers};
	my $reply = $self->post('/v1/graphql', { query => $query, %options }, $headers);
	return { %{ ref $reply->{json} eq 'HASH' ? $reply->{json} : {} }, status => $reply->{status} };
}

# The code of the first error.
sub code
{
	my ($answer) = @_;

	return $answer->{errors}[0]{extensions}{code} // '';
}

sub connect
{
	my ($self) = @_;

	return IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $self->{port}, Timeout => 10)
	  // die "cannot connect: $@\n";
}

sub read_all
{
	my ($socket, $seconds, $until) = @_;

	my ($text, $deadline) = ('', time + ($seconds // 5));
	my $select = IO::Select->new($socket);
	while ((my $left = $deadline - time) > 0)
	{
		next unless $select->can_read($left);
		last unless sysread $socket, $text, 65536, length $text;
		last if $until && $text =~ $until;
	}
	return $text;
}

sub raw
{
	my ($self, $bytes, $seconds, $until) = @_;

	my $socket = $self->connect;
	local $SIG{PIPE} = 'IGNORE';
	syswrite $socket, $bytes;
	return read_all($socket, $seconds, $until);
}

sub metric
{
	my ($self, $name, $headers) = @_;

	my $text = $self->get('/metrics', $headers)->{content};
	return $text =~ /^\Q$name\E (\S+)$/m ? $1 : undef;
}

1;
