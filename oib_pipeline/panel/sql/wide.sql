-- The chosen values, one row for each city, year and scope, a column for each variable.
--
-- sources    precedence, city_code, year, scope, variable, value, chosen
-- variables  name
PIVOT (FROM sources WHERE chosen)
ON variable IN (SELECT name FROM variables)
USING any_value(value)
GROUP BY precedence, city_code, year, scope
ORDER BY precedence, city_code, year, scope
