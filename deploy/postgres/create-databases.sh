#!/bin/sh
# Runs once, when the volume is empty: a database and an owner per service, closed to the others.
set -eu
for service in registry tracking monitoring; do
  psql --username postgres --variable ON_ERROR_STOP=1 <<SQL
create role dozor_$service login password '$POSTGRES_PASSWORD';
create database dozor_$service owner dozor_$service;
revoke all on database dozor_$service from public;
SQL
done
