-- Values passed over that differ from the chosen one by more than their kind tolerates.
--
-- sources     row, precedence, city_code, year, scope, variable, value, chosen
-- tolerances  variable, relative, absolute
SELECT row, chosen_row, gap, tolerated, gap / size AS relative_difference
FROM (
    SELECT p.row, c.row AS chosen_row,
        abs(p.value - c.value) AS gap,
        greatest(abs(p.value), abs(c.value)) AS size,
        greatest(t.relative * size, t.absolute) AS tolerated
    FROM sources AS p
    JOIN sources AS c USING (precedence, city_code, year, scope, variable)
    JOIN tolerances AS t USING (variable)
    WHERE NOT p.chosen AND c.chosen
)
WHERE gap > tolerated
ORDER BY row, chosen_row
