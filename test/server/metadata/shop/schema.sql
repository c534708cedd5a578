-- what the metadata of this folder speak of
ALTER DATABASE :"DBNAME" SET remote_rel.exposed_schemas = 'public, sales';
CREATE ROLE shop_customer;
CREATE ROLE shop_clerk;
CREATE TABLE public.region (code text PRIMARY KEY, title text);
INSERT INTO public.region VALUES ('NORTH', 'Beyond the wall'), ('SOUTH', NULL);
CREATE TABLE public.customers (id int PRIMARY KEY, name text NOT NULL, auth0_id text, city text, region_code text REFERENCES public.region);
INSERT INTO public.customers VALUES (1, 'Daenerys Targaryen', 'auth0|1', 'Meereen', 'SOUTH'), (2, 'Jon Snow', 'auth0|2', 'Castle Black', 'NORTH');
CREATE SCHEMA sales;
CREATE TABLE sales.orders (id int PRIMARY KEY, customer_id int REFERENCES public.customers, sku text, placed_at timestamptz, note text);
INSERT INTO sales.orders VALUES (10, 1, 'A-1', '2026-01-02 03:04:05+00', 'gift'), (11, 2, 'B-1', '2026-02-02 03:04:05+00', NULL);
CREATE FUNCTION public.customer_label(c public.customers) RETURNS text LANGUAGE sql STABLE AS $$ SELECT c.name || ', ' || coalesce(c.city, '?') $$;
CREATE FUNCTION public.search_customers(search text) RETURNS SETOF public.customers LANGUAGE sql STABLE
    AS $$ SELECT * FROM public.customers WHERE name ILIKE '%' || search || '%' $$;
