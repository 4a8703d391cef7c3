import { sql } from 'kysely';
import type { AreaMigration } from '../store/engine.ts';
import { rangeGuards } from './range-guards.ts';

/** Creates the tables of the ledger; see LedgerTables for their meaning. */
export const ledgerMigration: AreaMigration = {
  async up(db, engine) {
    for (const statement of [...TABLES, ...rangeGuards(engine)]) await sql.raw(statement).execute(db);
  },
};

const TABLES = [
  `create table site (id text primary key, name text not null, kind text not null)`,
  `create table carrier (id text primary key, name text not null)`,
  `create table product (
    sku text primary key, name text not null,
    critical_acceleration_g double precision, critical_velocity_change_mps double precision,
    climate_limits text)`,
  `create table customer_order (id text primary key, customer text, placed_at bigint not null, currency text)`,
  `create index customer_order_customer on customer_order (customer)`,
  `create table order_line (
    order_id text not null references customer_order (id), line integer not null,
    sku text not null references product (sku), quantity integer not null, unit_price double precision,
    primary key (order_id, line))`,
  `create index order_line_sku on order_line (sku)`,
  `create table shipment (
    sscc text primary key, parent text references shipment (sscc),
    constraint shipment_parent check (parent <> sscc))`,
  `create index shipment_parent_index on shipment (parent)`,
  `create table shipment_line (
    shipment text not null references shipment (sscc), order_id text not null, line integer not null,
    quantity integer not null,
    primary key (shipment, order_id, line),
    foreign key (order_id, line) references order_line (order_id, line))`,
  `create index shipment_line_order on shipment_line (order_id, line)`,
  `create table leg (
    id text primary key, shipment text not null references shipment (sscc), mode text not null,
    custodian text not null, from_site text not null references site (id),
    to_site text not null references site (id),
    starts_at bigint not null, ends_at bigint not null,
    constraint leg_range check (starts_at < ends_at))`,
  `create index leg_shipment on leg (shipment, starts_at)`,
  `create table hand_off (
    id text primary key, shipment text not null references shipment (sscc),
    giver text not null, taker text not null, site text not null references site (id),
    happened_at bigint not null, exception text)`,
  `create index hand_off_shipment on hand_off (shipment)`,
  `create table device (id text primary key, name text not null)`,
  `create table assignment (
    id text primary key, device text not null references device (id),
    shipment text references shipment (sscc), site text references site (id), zone text,
    starts_at bigint not null, ends_at bigint,
    constraint assignment_range check (starts_at < ends_at),
    constraint assignment_place check ((shipment is null) <> (site is null) and (zone is null or site is not null)))`,
  `create index assignment_device on assignment (device, starts_at)`,
  `create index assignment_shipment on assignment (shipment)`,
  `create table return_claim (
    id text primary key, order_id text not null, line integer not null,
    shipment text references shipment (sscc), damage_kind text not null, severity text not null,
    discovered_at bigint not null, note text, amount double precision,
    foreign key (order_id, line) references order_line (order_id, line))`,
  `create index return_claim_order on return_claim (order_id, line)`,
];
