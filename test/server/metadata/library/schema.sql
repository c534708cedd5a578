-- what the metadata of this folder speak of
CREATE ROLE library_reader;
CREATE TABLE public.authors (id int PRIMARY KEY, name text, profile_id text);
INSERT INTO public.authors VALUES (1, 'Ursula', 'auth0|1'), (2, 'Nobody', NULL);
CREATE TABLE public.books (id int PRIMARY KEY, author_id int, title text, sku text);
INSERT INTO public.books VALUES (1, 1, 'The Dispossessed', 'A-1');
CREATE TABLE public.ledger (id int PRIMARY KEY);
CREATE FUNCTION public.find_books(part text) RETURNS SETOF public.books LANGUAGE sql STABLE
    AS $$ SELECT * FROM public.books WHERE title ILIKE '%' || part || '%' $$;
