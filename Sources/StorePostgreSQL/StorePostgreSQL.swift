// StorePostgreSQL
